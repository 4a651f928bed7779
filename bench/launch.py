"""Runs a command and tells what it cost: `launch.py REPORT OUTPUT COMMAND…`, as JSON in REPORT.

It is a small program of its own. Linux counts the memory of the process that a program was started from for the peak of
that program as well (getrusage(2), ru_maxrss): started by the benchmark itself, that would be the emulator's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    report, output, *command = sys.argv[1:]
    began = time.monotonic()
    with Path(output).open("wb") as stdout:
        process = subprocess.Popen(command, stdout=stdout)  # noqa: S603 (the command that it was given)
        _, status, usage = os.wait4(process.pid, 0)
    in_mib = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, everybody else KiB
    told = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "wall_s": time.monotonic() - began,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_memory_mib": usage.ru_maxrss // in_mib,
    }
    Path(report).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main()
