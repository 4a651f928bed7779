"""One YAML file as text. Every problem in it is made here, so that none repeats a secret."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import Problem, SpecError
from bootstrap.secrecy.patterns import covered, masked
from bootstrap.spec.node import START, Place

if TYPE_CHECKING:
    from pathlib import Path

SIZE_MAX: Final = 1_000_000
"""In bytes: twenty times the largest file of an organization with a thousand accounts."""
PROBLEMS_MAX: Final = 100
"""The most problems of one sort that are reported for one file."""

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
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class SourceFile:
    """One file by its name relative to the project, and its lines."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.text = text
        self.lines = _LINE_END.split(text)
        self._hidden: dict[int, set[Place]] = {}
        self._hidden_over_lines: set[Place] = set()
        self.hides_all = False
        """Problems show no line, because it is not known yet which parts of the file are secret values."""

    def hide(self, place: Place) -> None:
        """Never show the text at `place`."""
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

    def error(self, place: Place, message: str, hint: str) -> SpecError:
        """The problem as the error of a file that has no other."""
        return SpecError([self.problem(place, message, hint)])

    def _shown(self, number: int) -> str:
        if self.hides_all or number > len(self.lines):
            return ""
        line = self.lines[number - 1]
        if len(line) > _SHOWN_MAX:  # masked before it is cut, so that a secret across the cut stays hidden
            line = line[: _SHOWN_MAX * 4]
        for place in self._hidden.get(number, set()) | self._hidden_over_lines:
            start, end = _columns_on_line(place, number, len(line))
            line = covered(line, start, max(start, end))
        return printable(masked(line))[:_SHOWN_MAX].rstrip()


def read_source_file(path: Path, name: str) -> SourceFile:
    """The file at `path`, called `name` in problems. Raises SpecError if it is not a readable text file."""
    try:
        content = _read_bytes(path, name)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        hint = "check its permissions, and where it leads if it is a link"
        raise SourceFile(name).error(START, f"the file cannot be read: {reason}", hint) from None
    return SourceFile(name, _decode(content, name))


def with_source_line(problem: Problem, directory: Path) -> Problem:
    """A problem found after the YAML was read, with the line of the file that it is about."""
    try:
        source = SourceFile(problem.file, (directory / problem.file).read_text("utf-8"))
        line = source.lines[problem.line - 1]
    except (OSError, ValueError, IndexError):
        return problem  # the file has changed since
    column = len(line) - len(line.lstrip()) + 1
    return source.problem(Place(problem.line, column, problem.line, column), problem.message, problem.hint)


def printable(text: str) -> str:
    """The text without characters that move a terminal's cursor or reverse the direction of text."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _columns_on_line(place: Place, number: int, length: int) -> tuple[int, int]:
    """The columns of line `number` that `place` covers, counted from 0; none where it covers nothing."""
    if not place.line <= number <= place.end_line:
        return 0, 0
    start = place.column - 1 if number == place.line else 0
    end = place.end_column - 1 if number == place.end_line else length
    return start, min(end, length)


def _read_bytes(path: Path, name: str) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        hint = "rename it, or move it out of this folder"
        raise SourceFile(name).error(START, "not a regular file", hint)
    if found.st_size > SIZE_MAX:
        message = f"the file has {found.st_size:,} bytes; the limit is {SIZE_MAX:,}"
        raise SourceFile(name).error(START, message, "split the file")
    # A file may grow after stat, and files in /proc report a size of 0: limit what is read as well.
    with path.open("rb") as stream:
        content = stream.read(SIZE_MAX + 1)
    if len(content) > SIZE_MAX:
        raise SourceFile(name).error(START, f"the file has more than {SIZE_MAX:,} bytes", "split the file")
    return content


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
    lines = _LINE_END.split(text)
    line, column = len(lines), len(lines[-1]) + 1
    return Place(line, column, line, column + 1)
