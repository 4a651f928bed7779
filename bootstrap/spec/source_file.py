"""One YAML file: its folder, its text, its values with their places, and its problems, none of which repeats a secret.

Lines and columns count from 1, as in an editor.
"""

from __future__ import annotations

import re
import stat
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bootstrap.model.errors import Problem, SpecError, os_reason
from bootstrap.secrecy.patterns import covered, masked

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable, Iterator, Mapping

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = "tuple[str | int, ...]"

ACCOUNT_SPECS: Final = "account_specs"
SCPS: Final = "scps"
SECRETS_LAYOUT: Final = "secrets_layout"
ORGANIZATION_FILE: Final = f"{ACCOUNT_SPECS}/organization.yaml"

PROBLEMS_MAX: Final = 100
"""The most problems of one sort that are reported for one file."""
LINE_END: Final = re.compile(r"\r\n|\r|\n")
SIZE_MAX: Final = 1_000_000
"""In bytes: twenty times the largest file of an organization with a thousand accounts."""
# The characters that YAML does not allow in a file, and the line ends that editors do not count as such
# (U+0085, U+2028, U+2029): with them, our line numbers and the editor's would differ.
NOT_TEXT: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BYTE_ORDER_MARKS: Final = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
}
_SAVE_AS_UTF8: Final = "save the file as UTF-8 without a byte order mark"
# The longest part of a line that a problem shows.
_SHOWN_MAX: Final = 300


class Place(NamedTuple):
    """A range of text. `end_line` and `end_column` are just after its last character."""

    line: int
    column: int
    end_line: int
    end_column: int


START: Final = Place(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place, and the nodes of the values inside it.

    `size` counts this value and all below it: a node that is used twice counts twice. `depth` is the number of
    levels. Both are computed when the node is made, because with aliases a walk over all of it can be endless.
    """

    value: Plain
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    children: Mapping[str | int, Node] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def find(self, path: Path) -> Node:
        """The node at `path`, or the deepest node on the way to it if the file has no such value."""
        node = self
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node

    def key_place(self, path: Path) -> Place:
        """The place of the last key of `path`; for an item of a list, the place of the item."""
        parent = self.find(path[:-1])
        return parent.keys.get(str(path[-1]), self.find(path).place) if path else self.place

    def value_place(self, path: Path) -> Place:
        """The place of the value; for a value that is not written, the place of its key."""
        place = self.find(path).place
        is_empty = (place.line, place.column) == (place.end_line, place.end_column)
        return self.key_place(path) if is_empty else place

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every value below that is not a list or a mapping, with its path."""
        if not isinstance(self.value, dict | list):
            yield path, self
        for step, child in self.children.items():
            yield from child.leaves((*path, step))

    def texts(self, path: Path = ()) -> Iterator[tuple[Path, Place, str]]:
        """Every string below, keys included, with its path and place."""
        if isinstance(self.value, str):
            yield path, self.place, self.value
        for step, child in self.children.items():
            if isinstance(step, str):
                yield (*path, step), self.keys[step], step
            yield from child.texts((*path, step))


class SourceFile:
    """One file by its name relative to the project, and its lines."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.text = text
        self.lines = LINE_END.split(text)
        self._hidden: dict[int, list[Place]] = defaultdict(list)
        self.hides_all = False
        """Problems show no line, because it is not known yet which parts of the file are secret values."""

    def hide(self, places: Iterable[Place]) -> None:
        """Never show the text at these places. They are the places of scalars, so they do not overlap."""
        for place in set(places):
            for number in range(place.line, place.end_line + 1):
                self._hidden[number].append(place)

    def problem(self, place: Place, message: str, hint: str = "") -> Problem:
        return Problem(
            file=_printable(self.file),
            line=place.line,
            column=place.column,
            message=_printable(masked(message)),
            hint=_printable(masked(hint)),
            source=self._shown(place.line),
        )

    def error(self, place: Place, message: str, hint: str) -> SpecError:
        """The problem as the error of a file that has no other."""
        return SpecError([self.problem(place, message, hint)])

    def _shown(self, number: int) -> str:
        if self.hides_all or number > len(self.lines):
            return ""
        # Masked before it is cut to what is shown, so that a secret across the cut stays hidden.
        line = self.lines[number - 1][: _SHOWN_MAX * 4]
        for place in self._hidden.get(number, ()):
            start = place.column - 1 if number == place.line else 0
            end = place.end_column - 1 if number == place.end_line else len(line)
            line = covered(line, start, max(start, min(end, len(line))))
        return _printable(masked(line))[:_SHOWN_MAX].rstrip()


def read_source_file(path: pathlib.Path, name: str) -> SourceFile:
    """The file at `path`, called `name` in problems. Raises SpecError if it is not a readable text file."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SourceFile(name).error(START, "not a regular file", "rename it, or move it out of this folder")
        with path.open("rb") as stream:
            content = stream.read(SIZE_MAX + 1)
    except OSError as error:
        hint = "check its permissions, and where it leads if it is a link"
        raise SourceFile(name).error(START, f"the file cannot be read: {os_reason(error)}", hint) from None
    if len(content) > SIZE_MAX:
        size = max(found.st_size, len(content))  # files in /proc report a size of 0
        message = f"the file has {size:,} bytes; the limit is {SIZE_MAX:,}"
        raise SourceFile(name).error(START, message, "split the file")
    return SourceFile(name, _decode(content, name))


def _decode(content: bytes, name: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            raise SourceFile(name).error(START, f"the file is encoded as {encoding}", _SAVE_AS_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_after(content[: error.start].decode("utf-8"))
        message = f"byte 0x{content[error.start]:02x} is not valid UTF-8"
        raise SourceFile(name).error(place, message, _SAVE_AS_UTF8) from None
    if found := NOT_TEXT.search(text):
        message = f"the character U+{ord(found[0]):04X} is not allowed here"
        hint = "remove it, or write it as an escape in a double-quoted string"
        raise SourceFile(name).error(_place_after(text[: found.start()]), message, hint)
    return text


def _place_after(text: str) -> Place:
    lines = LINE_END.split(text)
    line, column = len(lines), len(lines[-1]) + 1
    return Place(line, column, line, column + 1)


def with_source_line(problem: Problem, directory: pathlib.Path) -> Problem:
    """A problem found after the YAML was read, with the line of the file that it is about."""
    try:
        source = SourceFile(problem.file, (directory / problem.file).read_text("utf-8"))
        line = source.lines[problem.line - 1]
    except (OSError, ValueError, IndexError):
        return problem  # the file has changed since
    column = len(line) - len(line.lstrip()) + 1
    return source.problem(Place(problem.line, column, problem.line, column), problem.message, problem.hint)


def _printable(text: str) -> str:
    """The text without characters that move a terminal's cursor or reverse the direction of text."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
