"""The YAML of an organization, loaded for a verb."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.cli.options import HERE
from bootstrap.cli.progress import heartbeat
from bootstrap.cli.usage import command
from bootstrap.model.errors import BootstrapError, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bootstrap.spec.spec import Spec


def load(directory: Path) -> Spec:
    """The validated YAML of a folder. Raises BootstrapError without the folder, SpecError with every problem."""
    from bootstrap.workflow.validate import validate

    if not directory.exists():
        hint = f"create it with: {command('init', HERE, str(directory))}"
        raise BootstrapError(f"folder {directory} does not exist", hint=hint)
    if not directory.is_dir():
        hint = "pass the folder that contains account_specs/, scps/ and secrets_layout/"
        raise BootstrapError(f"{directory} is not a folder", hint=hint)
    with heartbeat(lambda: "still validating the YAML"), located(directory):
        return validate(directory)


@contextmanager
def located(directory: Path) -> Iterator[None]:
    """Name files relative to the working directory, so that an editor can open them."""
    try:
        yield
    except SpecError as error:
        raise SpecError([replace(p, file=(directory / p.file).as_posix()) for p in error.problems]) from error
