"""The example organization that `init` writes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from bootstrap.model.errors import BootstrapError, os_reason

FOLDERS: Final = ("account_specs", "scps", "secrets_layout")


def write_example(directory: Path) -> list[Path]:
    """Copy the three folders into `directory`. Raises BootstrapError if one exists already or cannot be written."""
    source = _source()
    for folder in FOLDERS:
        if (directory / folder).exists():
            message = f"{directory / folder} already exists; nothing was written"
            raise BootstrapError(message, hint="use another folder: org-bootstrap init DIR")
    try:
        for folder in FOLDERS:
            # Without permissions: an installed package may be read-only.
            shutil.copytree(source / folder, directory / folder, copy_function=shutil.copyfile)
    except OSError as error:
        message = f"cannot write to {directory}: {os_reason(error)}"
        raise BootstrapError(message, hint="use another folder: org-bootstrap init DIR") from error
    return [directory / folder for folder in FOLDERS]


def _source() -> Path:
    """`bootstrap/example` in an installed package; the top folder in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "example"
    return installed if installed.is_dir() else package.parent
