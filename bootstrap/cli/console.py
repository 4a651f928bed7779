"""Output: results to stdout, the log to stderr, colour on a terminal only."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Final

import typer

from bootstrap.model.errors import BlockedError, os_reason
from bootstrap.render.lines import WIDTH, by_symbol
from bootstrap.secrecy.escape import spell_out

# By the sign that a line begins with; the sign alone is enough to understand it.
_COLOURS: Final = {"+": "green", "~": "yellow", "-": "red", "<": "yellow", "!": "bright_red"}
_NARROWEST: Final = 60
_WIDEST: Final = 160
_FIRST_BEAT_S: Final = 2.0
_BEAT_S: Final = 10.0  # short enough for a person, long enough for the log of a CI job
_LOCK = threading.Lock()

quiet = False
"""Log nothing but errors."""
verbose = False
"""Log every AWS API call."""
as_json = False
"""Log one JSON object per line."""
write_errors: list[str] = []
"""Why results could not be written. Any of them makes the command fail."""


def prepare() -> None:
    """Escape characters that the encoding of a stream lacks, instead of failing."""
    if sys.stdout is None:  # closed by whoever started us (`>&-`)
        write_errors.append("standard output is closed")
        sys.stdout = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def width() -> int:
    """The width of the terminal within bounds, or that of a page if stdout is not a terminal."""
    return max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST)) if sys.stdout.isatty() else WIDTH


def result(text: str, *, aside: bool = False) -> None:
    """Write a result to stdout; `aside`: to stderr, where stdout is for another one."""
    _write(text, sys.stderr if aside else sys.stdout)


def log(text: str) -> None:
    """Write progress or a remark to stderr."""
    if not quiet:
        _write(_logged("info", text), sys.stderr)


def error(message: str, hint: str = "", *, label: str = "error") -> None:
    """Write an expected failure to stderr, with what to do next."""
    text = f"! {label}: {message}" + (f"\n  hint: {hint}" if hint else "")
    _write(_logged("error", text, label=label, hint=hint), sys.stderr)


@contextmanager
def heartbeat(still: Callable[[], str]) -> Iterator[None]:
    """Log `still()` now and then for as long as this lasts."""
    over = threading.Event()

    def beat() -> None:
        wait = _FIRST_BEAT_S
        while not over.wait(wait):
            log(f"  {still()} …")
            wait = _BEAT_S

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def confirm(question: str) -> None:
    """Raise BlockedError unless a person answers yes."""
    if not sys.stdin.isatty():
        message = "confirmation required, but stdin is not a terminal; nothing was changed"
        raise BlockedError(message, hint="review the plan, then re-run with --yes")
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise BlockedError("not confirmed; nothing was changed")


def _logged(level: str, text: str, **more: str) -> str:
    if not as_json:
        return text
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": when, "level": level, "text": text.strip(), **more}, ensure_ascii=False)


def _write(text: str, stream: IO[str]) -> None:
    text = spell_out(text)
    with _LOCK:
        coloured = _is_colourful(stream)
        try:
            typer.echo("\n".join(_painted(text)) if coloured else text, file=stream, color=coloured)
        except OSError as failure:
            # The reader left (`| head`) or the disk is full. The work goes on: half of an apply is worse.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if not isinstance(failure, BrokenPipeError) and stream is sys.stdout:
                write_errors.append(f"cannot write to standard output: {os_reason(failure)}")


def _is_colourful(stream: IO[str]) -> bool:
    """A terminal, unless NO_COLOR is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _painted(text: str) -> Iterator[str]:
    """Each line in the colour of its sign."""
    for sign, line, _ in by_symbol(text.split("\n"), _COLOURS):
        yield typer.style(line, fg=_COLOURS[sign]) if sign and line.strip() else line
