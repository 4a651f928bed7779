"""Results to stdout, talk to stderr, colour only where a person looks."""

from __future__ import annotations

import sys
import threading
from typing import IO, Final

import typer

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
REFUSED: Final = 3

# The first sign of a line says what it is about, so that no colour is needed to understand it.
_COLOURS: Final = {"+": "green", "~": "yellow", "-": "red", "!": "bright_red"}
_LOCK = threading.Lock()


def result(text: str) -> None:
    """What the command is for."""
    _write(text, sys.stdout)


def talk(text: str) -> None:
    """Progress and remarks."""
    _write(text, sys.stderr)


def failure(message: str, hint: str = "") -> None:
    """An expected failure, with what to do next."""
    _write(f"! error: {message}" + (f"\n  hint: {hint}" if hint else ""), sys.stderr)


def _write(text: str, stream: IO[str]) -> None:
    with _LOCK:
        for line in text.split("\n"):
            typer.echo(_painted(line), file=stream)


def _painted(line: str) -> str:
    """Typer takes the colour out again unless the stream is a terminal."""
    colour = _COLOURS.get(line.lstrip()[:1])
    return typer.style(line, fg=colour) if colour else line
