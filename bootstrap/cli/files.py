"""Files that a command is given or asked for, with an error that a user can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.model.errors import BootstrapError

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.planfile.artifact import ArtifactType


def read_file(path: Path, hint: str) -> bytes:
    """The content of a file. `hint` says where such a one comes from."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BootstrapError(f"{path} cannot be read: {_reason(error)}", hint=hint) from error


def check_writable(path: Path, sort: ArtifactType) -> None:
    """Raise BootstrapError where no file of ours can be written: to be told before AWS is asked for what is in it."""
    from bootstrap.planfile.artifact import type_of

    if not path.parent.is_dir():
        raise BootstrapError(
            f"{path} cannot be written: there is no folder {path.parent}", hint="make it first, or give another file"
        )
    there = read_file(path, "give another file") if path.is_file() else b""
    if there and (found := type_of(there)) is not sort:
        what = f"is a {found.name}, not a {sort.name}" if found else "exists and was not written by org-bootstrap"
        raise BootstrapError(f"{path} {what}; nothing was written", hint="give another file, or remove it first")


def write_file(path: Path, text: str, sort: ArtifactType) -> None:
    """Write one of our files, over another of its sort at most."""
    check_writable(path, sort)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BootstrapError(f"{path} cannot be written: {_reason(error)}", hint="give another file") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
