"""Adding a developer: the text of the account file, checked with the whole project before it is written."""

from __future__ import annotations

import json
import os
import re
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import os_reason
from bootstrap.spec.load import load
from bootstrap.spec.source_file import ACCOUNT_SPECS, NOT_TEXT, START, SourceFile
from bootstrap.spec.yaml_parser import scalar_value

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = "# yaml-language-server: $schema=../.schemas/account.json\n"
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.+@-]*")
# Strings here, but booleans for the many tools that read YAML 1.1.
_TRUTHS: Final = frozenset({"y", "n", "yes", "no", "on", "off"})


def developer_file(name: str, email: str, owner: str, environment: str | None = None) -> tuple[str, str]:
    """The path, relative to the project, and the text of a developer's file."""
    values = {"name": name, "email": email, "owner": owner, "environment": environment}
    lines = [f"  {key}: {_quoted(value)}\n" for key, value in values.items() if value is not None]
    return f"{ACCOUNT_SPECS}/developers/{name}.yaml", f"{_HEAD}developer:\n{''.join(lines)}"


def add_developer(directory: Path, name: str, email: str, owner: str, environment: str | None = None) -> Path:
    """Write the file of a new developer. Raises SpecError, and writes nothing, if there is any problem.

    The project is checked with the new file first, and with it the name, before the name is used in a path.
    """
    file, text = developer_file(name, email, owner, environment)
    load(directory, {file: text})
    path = directory / file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path, text)
    except FileExistsError:
        raise SourceFile(file).error(START, "the file already exists", "edit that file") from None
    except OSError as error:
        raise SourceFile(file).error(
            START, f"the file cannot be written: {os_reason(error)}", "check the permissions of its folder"
        ) from None
    return path


def _create(path: Path, text: str) -> None:
    """Create the whole file or nothing. A hard link, unlike a rename, never replaces an existing file."""
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        with unfinished.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)


def _quoted(text: str) -> str:
    """The text as a YAML scalar: unquoted if every YAML reader takes it for a string, else quoted as in JSON."""
    if _PLAIN.fullmatch(text) and scalar_value(text) == text and text.lower() not in _TRUTHS:
        return text
    return NOT_TEXT.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
