"""The text of one file: what every problem in it is made from, so that none repeats a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import Problem
from bootstrap.secrecy.patterns import covered, masked
from bootstrap.spec.places import Place

if TYPE_CHECKING:
    from pathlib import Path

PROBLEMS_MAX: Final = 100
"""Of one sort in one file: whoever sees that many has the wrong file."""

# What a terminal shows of a line; a line of a megabyte helps nobody.
_SHOWN_MAX: Final = 300
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class Source:
    """One file by its name relative to the project, and its lines."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.text = text
        self.lines = _LINE_END.split(text)
        self._hidden: dict[int, set[Place]] = {}
        self._hidden_over_lines: set[Place] = set()
        self.hides_all = False
        """No line is shown while it is not known what in it is a value."""

    def hide(self, place: Place) -> None:
        """Never show what stands at `place`."""
        if place.line == place.end_line:
            self._hidden.setdefault(place.line, set()).add(place)
        else:
            self._hidden_over_lines.add(place)

    def problem(self, place: Place, message: str, hint: str = "") -> Problem:
        return Problem(
            file=printable(self.file),
            line=place.line,
            column=place.column,
            message=printable(masked(message)),
            hint=printable(masked(hint)),
            source=self._shown(place.line),
        )

    def _shown(self, number: int) -> str:
        if self.hides_all or number > len(self.lines):
            return ""
        line = self.lines[number - 1]
        if len(line) > _SHOWN_MAX:  # looked at as a whole, so that a secret across the cut stays hidden
            line = line[: _SHOWN_MAX * 4]
        for place in self._hidden.get(number, set()) | self._hidden_over_lines:
            start, end = _stretch(place, number, len(line))
            line = covered(line, start, max(start, end))
        return printable(masked(line))[:_SHOWN_MAX].rstrip()


def quoted(problem: Problem, directory: Path) -> Problem:
    """A problem of a file that was read before, with the line that it is about."""
    try:
        source = Source(problem.file, (directory / problem.file).read_text("utf-8"))
        line = source.lines[problem.line - 1]
    except (OSError, ValueError, IndexError):
        return problem  # the file has changed since
    column = len(line) - len(line.lstrip()) + 1
    return source.problem(Place(problem.line, column, problem.line, column), problem.message, problem.hint)


def printable(text: str) -> str:
    """The text without what could move a terminal's cursor or turn its words around."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _stretch(place: Place, number: int, length: int) -> tuple[int, int]:
    """The part of line `number` that `place` covers, counted from 0; empty where it covers nothing."""
    if not place.line <= number <= place.end_line:
        return 0, 0
    start = place.column - 1 if number == place.line else 0
    end = place.end_column - 1 if number == place.end_line else length
    return start, min(end, length)
