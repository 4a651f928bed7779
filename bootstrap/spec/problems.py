"""Problems as text, the hints for unknown names, and problems at an origin."""

from __future__ import annotations

import re
from difflib import get_close_matches
from types import NoneType
from typing import TYPE_CHECKING, Final, TypeVar
from unicodedata import east_asian_width

from bootstrap.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

T = TypeVar("T")

_NAMES_SHOWN_MAX: Final = 20
_COMPARED_MAX: Final = 80  # characters: comparing costs their square, and no longer name is a typo
_TYPES: Final = (
    (NoneType, "empty"),
    (bool, "true or false"),
    (int | float, "a number"),
    (str, "a string"),
    (list, "a list"),
    (dict, "a mapping"),
)
# A quoted string, or an unquoted word: a colon is part of a word unless a space follows.
_WORD: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:[^\s,:{}\[\]]|:(?=\S))+|.")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one; empty if none is."""
    if len(name) > _COMPARED_MAX:
        return ""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def did_you_mean(name: str, known: Iterable[str], *, what: str) -> str:
    """A hint with the most similar name and a list of all names: `did you mean `beta`? WHAT: beta, production`."""
    names = sorted(known)
    meant = nearest(name, names)
    guess = f"did you mean `{meant}`? " if meant else ""
    more = ", ..." if len(names) > _NAMES_SHOWN_MAX else ""
    return f"{guess}{what}: {', '.join(names[:_NAMES_SHOWN_MAX]) or 'none'}{more}"


def repeated(items: Iterable[tuple[Hashable, T]]) -> Iterator[tuple[T, T]]:
    """Each item whose key an earlier item has, with the first such item."""
    first: dict[Hashable, T] = {}
    for key, item in items:
        if key in first:
            yield item, first[key]
        else:
            first[key] = item


def type_of(value: object) -> str:
    """The type of a YAML value, in a sentence."""
    return next(words for python_type, words in _TYPES if isinstance(value, python_type))


def problem_at(origin: str, message: str, hint: str = "") -> Problem:
    """A problem at `origin`, a `file:line`. An origin without a line means the first line of the file."""
    file, _, line = origin.rpartition(":")
    if not line.isdigit():
        return Problem(origin, 1, 1, message, hint)
    return Problem(file, int(line), 1, message, hint)


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
