"""The verb `generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from bootstrap.cli import console
from bootstrap.cli.load import load
from bootstrap.cli.options import HERE, Directory
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples("generate --out build")


def generate(
    out: Annotated[Path, typer.Option(help="Folder to write to: new, or written by `generate` before.")],
    directory: Directory = HERE,
) -> None:
    """Write the policies and templates that the YAML compiles to.

    Runs offline. The same YAML produces the same bytes. index.json lists each file with the YAML that it comes from.
    """
    from bootstrap.workflow.generate import generate_files, write_files

    files = generate_files(load(directory))
    write_files(files, out)
    for path in files:
        console.result(f"+ {(out / path).as_posix()}")
