"""The verbs that need no AWS: `init`, `developer add`, `validate` and `generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.annotations import AnnotationsOption, annotated
from bootstrap.cli.options import HERE, Directory, command
from bootstrap.cli.planning import load, located


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; created if missing.")] = HERE,
) -> None:
    """Write an example organization to start from."""
    from bootstrap.workflow.example import write_example

    for folder in write_example(directory):
        console.result(f"+ {folder.as_posix()}/")
    console.log(f"Replace the e-mail addresses with yours, then run: {command('validate', directory)}")


def add_developer(
    name: Annotated[str, typer.Argument(help="Short name: lower-case letters, digits and hyphens.")],
    email: Annotated[str, typer.Option(help="Root e-mail address of the account; no other account may use it.")],
    owner: Annotated[str, typer.Option(help="E-mail address of the person responsible for the account.")],
    environment: Annotated[str | None, typer.Option(help="Environment of the account, if not `developer`.")] = None,
    directory: Directory = HERE,
) -> None:
    """Write the YAML file of a developer's account."""
    from bootstrap.spec.developer_file import add_developer as write

    with located(directory):
        path = write(directory, name=name, email=email, owner=owner, environment=environment)
    console.result(f"+ {path.as_posix()}")
    console.log(f"Next: {command('plan', directory)}")


def validate(directory: Directory = HERE, annotations: AnnotationsOption = None) -> None:
    """Validate all YAML files. Runs offline, without credentials."""
    with annotated(annotations):
        spec = load(directory)
    tests = sum(len(guardrail.tests) for guardrail in spec.guardrails.values())
    console.result(
        f"Valid: {len(spec.accounts)} accounts, {len(spec.organizational_units)} OUs, "
        f"{len(spec.environments)} environments, {len(spec.guardrails)} guardrails ({tests} tests passed), "
        f"{len(spec.entries)} secret entries."
    )


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
