"""The YAML files of a project: their names, their text, and the files beside them that look misnamed."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bootstrap.spec.problems import nearest
from bootstrap.spec.source_file import LINE_END, START, Place, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem

ACCOUNT_SPECS: Final = "account_specs"
SCPS: Final = "scps"
SECRETS_LAYOUT: Final = "secrets_layout"
ORGANIZATION_FILE: Final = f"{ACCOUNT_SPECS}/organization.yaml"

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
_SUFFIXES: Final = (".yaml", ".yml")
# Likely misspellings of a YAML file's name. Other files, such as a README, are ignored.
_MISNAMED: Final = (".json", ".txt", ".yaml.bak", ".yml.bak", ".yaml~", ".yml~", ".yamll", ".ymal", ".yam")


def find_yaml_files(directory: Path, folder: str) -> tuple[list[tuple[Path, str]], list[Problem]]:
    """The YAML files below `directory/folder`, sorted by their names relative to the project, and the problems.

    Names that start with a dot are ignored.
    """
    found: list[tuple[Path, str]] = []
    problems: list[Problem] = []
    errors: list[OSError] = []
    for parent, folders, files in os.walk(directory / folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(parent).relative_to(directory).as_posix()
        wrong = {name: _wrong_folder(Path(parent, name)) for name in folders}
        for name in files:
            if name.startswith("."):
                continue
            if name.lower().endswith(_SUFFIXES):
                found.append((Path(parent, name), f"{here}/{name}"))
            elif name.lower().endswith(_MISNAMED):
                wrong[name] = "ignored: the name does not end in `.yaml`"
        for name, message in wrong.items():
            if message:
                problems.append(SourceFile(f"{here}/{name}").problem(START, message, "rename or move it"))
    problems += [_unreadable(directory, error) for error in errors if not isinstance(error, FileNotFoundError)]
    return sorted(found, key=lambda file: file[1]), problems


def _unreadable(directory: Path, error: OSError) -> Problem:
    source = SourceFile(Path(error.filename).relative_to(directory).as_posix())
    message = f"the folder cannot be read: {(error.strerror or 'no reason given').lower()}"
    return source.problem(START, message, "check its permissions")


def _wrong_folder(path: Path) -> str:
    """What is wrong with a folder in a folder of YAML files; empty for most."""
    if path.is_symlink():
        # It could lead in a circle, or to the same file under a second name.
        return "ignored: links to folders are not followed"
    return "a folder with the name of a YAML file" if path.name.lower().endswith(_SUFFIXES) else ""


def misnamed_folders(directory: Path) -> Iterator[Problem]:
    """A problem for each folder whose name is nearly that of a project folder, since it would be ignored."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    except OSError:
        return  # reading the three folders reports it
    missing = {ACCOUNT_SPECS, SCPS, SECRETS_LAYOUT} - set(names)
    for name in names:
        if meant := nearest(name, missing):
            yield SourceFile(name).problem(START, "the folder is ignored", f"did you mean `{meant}`? rename it")


def read_source_file(path: Path, name: str) -> SourceFile:
    """The file at `path`, called `name` in problems. Raises SpecError if it is not a readable text file."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SourceFile(name).error(START, "not a regular file", "rename it, or move it out of this folder")
        with path.open("rb") as stream:
            content = stream.read(SIZE_MAX + 1)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        hint = "check its permissions, and where it leads if it is a link"
        raise SourceFile(name).error(START, f"the file cannot be read: {reason}", hint) from None
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
