"""The verbs about developers: `developer add`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from bootstrap.cli import console
from bootstrap.cli.load import located
from bootstrap.cli.options import HERE, Directory
from bootstrap.cli.usage import command, examples

EXAMPLES: Final = examples("developer add carol --email aws+carol@example.com --owner carol@example.com")

developer = typer.Typer(no_args_is_help=True, help="Manage the accounts of developers.", epilog=EXAMPLES)


@developer.command("add", epilog=EXAMPLES)
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
