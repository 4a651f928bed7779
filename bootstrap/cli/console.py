"""Results to stdout, talk to stderr, colour only where a person looks."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Final

import typer

from bootstrap.render.symbols import by_symbol
from bootstrap.secrecy.escape import spell_out

if TYPE_CHECKING:
    from collections.abc import Iterator

# The first sign of a line says what it is about, so that no colour is needed to understand it.
_COLOURS: Final = {"+": "green", "~": "yellow", "-": "red", "<": "yellow", "!": "bright_red"}
_NARROWEST: Final = 60
_PAGE: Final = 110
_WIDEST: Final = 160
_LOCK = threading.Lock()


lost: list[str] = []
"""Why results could not be written, if any could not: then the command has failed, whatever it did."""


def prepare() -> None:
    """Make a character that the terminal's encoding lacks a spelled-out one, and no failure."""
    if sys.stdout is None:  # closed by whoever started us (`>&-`)
        lost.append("standard output is closed")
        sys.stdout = io.StringIO()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


verbose = False
"""Whether every call to AWS is told."""
as_json = False
"""Whether talk is a JSON object a line, for a machine that keeps logs."""


def width() -> int:
    """How wide a line may be: a terminal's width, and what a page takes where there is none."""
    return max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST)) if sys.stdout.isatty() else _PAGE


def result(text: str) -> None:
    """What the command is for."""
    _write(text, sys.stdout)


def talk(text: str) -> None:
    """Progress and remarks."""
    _write(_logged("info", text), sys.stderr)


def for_runner(command: str, *, aside: bool) -> None:
    """A line that a CI's runner obeys, on either stream: `aside` where the results are read by another machine."""
    _write(command, sys.stderr if aside else sys.stdout)


def failure(message: str, hint: str = "", *, label: str = "error") -> None:
    """An expected failure, with what to do next."""
    text = f"! {label}: {message}" + (f"\n  hint: {hint}" if hint else "")
    _write(_logged("error", text, label=label, hint=hint), sys.stderr)


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
        except OSError as error:
            # The reader left (`| head`), or the disk is full: no reason to leave the work half done.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if not isinstance(error, BrokenPipeError) and stream is sys.stdout:
                lost.append(f"standard output cannot be written: {(error.strerror or str(error)).lower()}")


def _is_colourful(stream: IO[str]) -> bool:
    """A terminal, unless its user says otherwise: https://no-color.org."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _painted(text: str) -> Iterator[str]:
    """Each line in the colour of its sign."""
    for sign, line, _ in by_symbol(text.split("\n"), _COLOURS):
        yield typer.style(line, fg=_COLOURS[sign]) if sign and line.strip() else line
