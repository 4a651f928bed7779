"""Files that a command is given or asked for, with an error that a user can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from pathlib import Path

_BEGINS: Final = b'{\n  "format": '


def read_file(path: Path, hint: str) -> bytes:
    """The content of a file. `hint` says where such a one comes from."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BootstrapError(f"{path} cannot be read: {_reason(error)}", hint=hint) from error


def write_file(path: Path, text: str) -> None:
    """Write one of our JSON files, over another of them at most."""
    try:
        if path.is_file() and (there := path.read_bytes()) and not there.startswith(_BEGINS):
            raise BootstrapError(f"{path} is there, and is no such file", hint="give another file, or remove it first")
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BootstrapError(f"{path} cannot be written: {_reason(error)}", hint="give another file") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
