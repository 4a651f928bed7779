"""Reading one file as text, or saying why it is none."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import SpecError
from bootstrap.spec.places import START, Place
from bootstrap.spec.source import Source

if TYPE_CHECKING:
    from pathlib import Path

SIZE_MAX: Final = 1_000_000
"""In bytes: twenty times the largest file that an organization of a thousand accounts would write."""

# What YAML allows in a file, less the line ends that editors do not count as such (U+0085, U+2028, U+2029):
# lines would be numbered differently here and there.
NOT_TEXT: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_MARKS: Final = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
}
_SAVE: Final = "save the file as UTF-8 without a byte order mark"


def read_source(path: Path, file: str) -> Source:
    """The file's text under the name `file`. Raises SpecError with one problem where there is none."""
    try:
        content = _read_bytes(path, file)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise _refusal(Source(file), START, f"cannot be read: {reason}", "see its permissions and links") from None
    return Source(file, _decode(content, file))


def _read_bytes(path: Path, file: str) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        raise _refusal(Source(file), START, f"is {what}", "rename it, or move it out of this folder")
    if found.st_size > SIZE_MAX:
        message = f"is {found.st_size:,} bytes long, more than {SIZE_MAX:,}"
        raise _refusal(Source(file), START, message, "split the file; it was not read")
    # A file may grow, and one in /proc says that it is empty: the bound holds for what is read as well.
    with path.open("rb") as stream:
        content = stream.read(SIZE_MAX + 1)
    if len(content) > SIZE_MAX:
        raise _refusal(Source(file), START, f"is more than {SIZE_MAX:,} bytes long", "split the file")
    return content


def _decode(content: bytes, file: str) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            raise _refusal(Source(file), START, f"is saved as {encoding}", _SAVE)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = _place_after(before)
        raise _refusal(Source(file), place, f"byte 0x{content[error.start]:02x} is not UTF-8", _SAVE) from None
    if found := NOT_TEXT.search(text):
        message = f"the character U+{ord(found[0]):04X} cannot stand here"
        hint = "remove it; between double quotes it can be written as an escape"
        raise _refusal(Source(file), _place_after(text[: found.start()]), message, hint)
    return text


def _place_after(text: str) -> Place:
    lines = re.split(r"\r\n|\r|\n", text)
    line, column = len(lines), len(lines[-1]) + 1
    return Place(line, column, line, column + 1)


def _refusal(source: Source, place: Place, message: str, hint: str) -> SpecError:
    return SpecError([source.problem(place, message, hint)])
