"""The verb `init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from bootstrap.cli import console
from bootstrap.cli.options import HERE
from bootstrap.cli.usage import command, examples

EXAMPLES: Final = examples("init my-organization")


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; created if missing.")] = HERE,
) -> None:
    """Write an example organization to start from."""
    from bootstrap.workflow.example import write_example

    for folder in write_example(directory):
        console.result(f"+ {folder.as_posix()}/")
    console.log(f"Replace the e-mail addresses with yours, then run: {command('validate', directory)}")
