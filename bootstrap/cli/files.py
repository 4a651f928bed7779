"""Files that a command reads or writes, with errors that a user can act on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.model.errors import BootstrapError, os_reason

if TYPE_CHECKING:
    from bootstrap.planfile.artifact import ArtifactType


def read_file(path: Path, hint: str) -> bytes:
    """The content of a file. `hint` says how to get one."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BootstrapError(f"cannot read {path}: {os_reason(error)}", hint=hint) from error


def check_writable(path: Path, artifact: ArtifactType) -> None:
    """Raise BootstrapError if `path` cannot be written, or holds anything but an earlier file of the same type."""
    from bootstrap.planfile.artifact import type_of

    if not path.parent.is_dir():
        raise BootstrapError(
            f"cannot write {path}: folder {path.parent} does not exist", hint="create it first, or use another file"
        )
    there = read_file(path, "use another file") if path.is_file() else b""
    if there and (found := type_of(there)) is not artifact:
        what = f"is a {found.name}, not a {artifact.name}" if found else "exists and was not written by org-bootstrap"
        raise BootstrapError(f"{path} {what}; nothing was written", hint="use another file, or delete this one first")


def write_file(path: Path, text: str, artifact: ArtifactType) -> None:
    """Write a file, replacing at most an earlier one of the same type."""
    check_writable(path, artifact)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BootstrapError(f"cannot write {path}: {os_reason(error)}", hint="use another file") from error
