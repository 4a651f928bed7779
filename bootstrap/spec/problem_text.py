"""A problem as text: its place, the message, the line of the file, and the hint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from bootstrap.model.errors import Problem

# A quoted string, or an unquoted word: a colon is part of a word unless a space follows.
_WORD: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:[^\s,:{}\[\]]|:(?=\S))+|.")


def render_problem(problem: Problem) -> str:
    """The text of one problem: several lines, without colour, without a newline at the end."""
    lines = [f"{problem.file}:{problem.line}:{problem.column}: {problem.message}"]
    if problem.source:
        number = str(problem.line)
        width = max(len(number), 5)
        lines.append(f"{number:>{width}} | {problem.source}")
        if word := _WORD.match(problem.source, problem.column - 1):
            before = " " * _columns(problem.source[: word.start()])
            lines.append(f"{'':{width}} | {before}{'^' * _columns(word[0])}")
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def _columns(text: str) -> int:
    """The width of the text in a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
