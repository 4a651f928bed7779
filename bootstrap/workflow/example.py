"""The organization that the tool ships with: what `init` writes, and what the demo runs on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from bootstrap.model.errors import BootstrapError

FOLDERS: Final = ("account_specs", "scps", "secrets_layout")


def write_example(directory: Path) -> list[Path]:
    """Copy the three folders into `directory`. Raises BootstrapError if one is there already, or none can be."""
    source = _source()
    for folder in FOLDERS:
        if (directory / folder).exists():
            message = f"{directory / folder} exists already, and nothing was written"
            raise BootstrapError(message, hint="choose another folder: org-bootstrap init DIR")
    try:
        for folder in FOLDERS:
            # Not the permissions: an installed package may be read-only.
            shutil.copytree(source / folder, directory / folder, copy_function=shutil.copyfile)
    except OSError as error:
        reason = error.strerror.lower() if error.strerror else error
        message = f"{directory} cannot be written: {reason}"
        raise BootstrapError(message, hint="choose another folder: org-bootstrap init DIR") from error
    return [directory / folder for folder in FOLDERS]


def _source() -> Path:
    """Inside an installed package, or at the top of a checkout: the wheel is built from there."""
    package = Path(__file__).parents[1]
    installed = package / "example"
    return installed if installed.is_dir() else package.parent
