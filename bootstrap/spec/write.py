"""Writing an account file, so that it reads back as what was asked for."""

from __future__ import annotations

import json
import os
import re
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import SpecError
from bootstrap.spec.folders import ACCOUNT_SPECS
from bootstrap.spec.load import load
from bootstrap.spec.places import START
from bootstrap.spec.scalars import plain_value
from bootstrap.spec.source import Source
from bootstrap.spec.text import NOT_TEXT

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = "# yaml-language-server: $schema=../.schemas/account.json\n"
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.+@-]*")
# Text to us, a boolean to readers of YAML 1.1, of which there are many.
_TRUTHS: Final = frozenset({"y", "n", "yes", "no", "on", "off"})


def developer_file(name: str, email: str, owner: str, environment: str | None = None) -> tuple[str, str]:
    """The path, relative to the project, and the text of the file of a developer's account."""
    values = {"name": name, "email": email, "owner": owner, "environment": environment}
    lines = [f"  {key}: {_quoted(value)}\n" for key, value in values.items() if value is not None]
    return f"{ACCOUNT_SPECS}/developers/{name}.yaml", f"{_HEAD}developer:\n{''.join(lines)}"


def add_developer(directory: Path, name: str, email: str, owner: str, environment: str | None = None) -> Path:
    """Write the file of a new developer's account. Raises SpecError, and writes nothing, on any problem.

    The whole YAML is checked with the new file in it first: the name too, before it becomes part of a path.
    """
    file, text = developer_file(name, email, owner, environment)
    load(directory, {file: text})
    path = directory / file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path, text)
    except FileExistsError:
        raise _refusal(file, "exists already, and is not overwritten", "change it by hand") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise _refusal(file, f"cannot be written: {reason}", "see the permissions of its folder") from None
    return path


def _create(path: Path, text: str) -> None:
    """All of the file or nothing of it, and never over another: making a link replaces nothing."""
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
    """As YAML: bare where every reader takes it for text, else between double quotes, as JSON has it."""
    if _PLAIN.fullmatch(text) and plain_value(text) == text and text.lower() not in _TRUTHS:
        return text
    return NOT_TEXT.sub(lambda match: _escaped(match[0]), json.dumps(text, ensure_ascii=False))


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"  # noqa: PLR2004 (JSON escapes that far with four digits)


def _refusal(file: str, message: str, hint: str) -> SpecError:
    return SpecError([Source(file).problem(START, message, hint)])
