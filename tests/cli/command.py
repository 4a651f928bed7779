"""The command as a user runs it: a process of its own, with its streams, signals and exit code.

It is the fork of one that has loaded everything, except where `fresh` or a variable of Python's own asks for a start
from the beginning.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cli import forks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from bootstrap.cli import main; main()")
# Nothing hangs for ever, even on a busy machine.
BOUND_S = 120.0
CTRL_C = "\x03"
NO_AWS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def first_line(self) -> str:
        return self.out.partition("\n")[0]

    @property
    def last_line(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


def environment(*added: Mapping[str, str]) -> dict[str, str]:
    """The one that the tests run in, without colours, proxies or AWS variables, and what is added."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR"} and not name.lower().endswith("_proxy")
    }
    for variables in ({"TERM": "xterm"}, *added):
        kept.update(variables)
    return kept


def _command(variables: Mapping[str, str], *, fresh: bool) -> tuple[str, ...]:
    return COMMAND if fresh or any(name.startswith("PYTHON") for name in variables) else forks.command()


def run(
    *words: str | Path, here: Path | None = None, aws: Mapping[str, str] = NO_AWS, fresh: bool = False, **variables: str
) -> Result:
    """Run it to its end, without a terminal."""
    done = subprocess.run(
        [*_command(variables, fresh=fresh), *map(str, words)],
        cwd=here,
        env=environment(aws, variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=BOUND_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


def succeed(
    *words: str | Path, here: Path | None = None, aws: Mapping[str, str] = NO_AWS, fresh: bool = False, **variables: str
) -> Result:
    done = run(*words, here=here, aws=aws, fresh=fresh, **variables)
    assert done.code == 0, done
    return done


@contextmanager
def running(
    *words: str | Path, here: Path | None = None, fresh: bool = False, bound_s: float = BOUND_S, **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """Start it, to be watched while it runs."""
    with subprocess.Popen(
        [*_command(variables, fresh=fresh), *map(str, words)],
        cwd=here,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        bound = threading.Timer(bound_s, process.kill)  # whoever reads what it says would wait for ever
        bound.start()
        try:
            yield process
        finally:
            bound.cancel()
            process.kill()


@contextmanager
def served(port: int = 0, *words: str) -> Iterator[dict[str, str]]:
    """The variables that `org-bootstrap emulator` prints, for as long as it runs."""
    with running("emulator", "--port", str(port), *words, bound_s=10 * BOUND_S) as process:
        assert process.stdout
        variables = {}
        while "AWS_EC2_METADATA_DISABLED" not in variables:  # the last
            line = process.stdout.readline()
            assert line.startswith("export "), line
            name, _, value = line.removeprefix("export ").rstrip("\n").partition("=")
            variables[name] = value.strip("'")
        yield variables


def on_terminal(
    *words: str | Path,
    here: Path | None = None,
    asked: str = "",
    answer: str = "",
    fresh: bool = False,
    aws: Mapping[str, str] = NO_AWS,
    **variables: str,
) -> Result:
    """Run it on a terminal, where somebody types an answer once `asked` is seen. Both streams arrive in `out`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*_command(variables, fresh=fresh), *map(str, words)],
        cwd=here,
        env=environment(aws, variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    # One that comes in the very moment in which Python begins to wait for a key is seen with the next alone.
    again = threading.Timer(BOUND_S / 4, process.send_signal, [signal.SIGINT])
    try:
        text = _read(ours, until=asked) if asked else ""
        if answer == CTRL_C:
            process.send_signal(signal.SIGINT)
            again.start()
        os.write(ours, answer.encode())
        text += _read(ours)
    finally:
        again.cancel()
        os.close(ours)
        process.kill()
    return Result(process.wait(), text.replace("\r\n", "\n"), "")


def _read(terminal: int, until: str = "") -> str:
    """What comes until that text, or until the other side closes: an error on Linux, elsewhere an end."""
    read, end = b"", time.monotonic() + BOUND_S
    while not (until and until.encode() in read):
        assert select.select([terminal], [], [], end - time.monotonic())[0], f"no end after {read.decode()}"
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        read += part
    return read.decode()
