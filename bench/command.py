"""Runs `org-bootstrap` as a user does, in a process of its own, and measures it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator

_LAUNCH: Final = str(Path(__file__).with_name("launch.py"))
_BLOCKED: Final = 3
_MAIN: Final = "from bootstrap.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Run:
    """What one command cost."""

    wall_s: float
    cpu_s: float
    """User and system time."""
    peak_memory_mib: int
    output_bytes: int


def run(*arguments: str | Path, emulator: Emulator | None = None, may_be_blocked: bool = False) -> Run:
    """Run a command, against the emulator if it needs an AWS. Raise RuntimeError unless it succeeds.

    A plan that `may_be_blocked` succeeds as well where it waits for an approval.
    """
    environment = {**os.environ, **(emulator.variables() if emulator else {})}
    with TemporaryDirectory() as folder:
        report, output, said = (Path(folder) / name for name in ("report", "output", "said"))
        command = [sys.executable, "-c", _MAIN, *map(str, arguments)]
        with said.open("wb") as stderr:
            launch = [sys.executable, _LAUNCH, str(report), str(output), *command]
            subprocess.run(launch, env=environment, stderr=stderr, check=True)  # noqa: S603 (our own command)
        told = json.loads(report.read_text("utf-8"))
        if (code := told.pop("exit_code")) and not (may_be_blocked and code == _BLOCKED):
            raise RuntimeError(
                f"{' '.join(map(str, arguments))} ended with {code}:\n"
                f"{output.read_text('utf-8')[-2000:]}\n{said.read_text('utf-8')[-2000:]}"
            )
        return Run(**told, output_bytes=output.stat().st_size)
