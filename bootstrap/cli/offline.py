"""The verbs that need no AWS: init, developer add, validate, generate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.options import Directory

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec

HERE = Path()

developer = typer.Typer(no_args_is_help=True, help="Developers and their accounts.")


def add_to(app: typer.Typer) -> None:
    """Register the verbs, in the order in which a new user needs them."""
    app.command(epilog="Example: org-bootstrap init my-organization")(init)
    app.add_typer(developer, name="developer")
    app.command(epilog="Example: org-bootstrap validate")(validate)
    app.command(epilog="Example: org-bootstrap generate --out build")(generate)


def init(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write; made if missing.")] = HERE,
) -> None:
    """Write a working example organization to start from."""
    from bootstrap.example import write_example

    for folder in write_example(directory):
        console.result(f"+ {folder.as_posix()}/")
    where = "" if directory == HERE else f" -C {directory}"
    console.talk(f"Change the e-mails to yours, then: org-bootstrap validate{where}")


@developer.command(
    "add",
    epilog="Example: org-bootstrap developer add carol --email aws+carol@example.com --owner carol@example.com",
)
def add_developer(
    name: Annotated[str, typer.Argument(help="A short name: letters, digits and hyphens.")],
    email: Annotated[str, typer.Option(help="The account's root e-mail address, used by no other account.")],
    owner: Annotated[str, typer.Option(help="Who answers for the account, as an e-mail address.")],
    environment: Annotated[str, typer.Option(help="The environment whose rules it shares.")] = "developer",
    directory: Directory = HERE,
) -> None:
    """Write the file of one developer's account."""
    from bootstrap.spec.write import add_developer as write

    path = write(directory, name=name, email=email, owner=owner, environment=environment)
    console.result(f"+ {path.as_posix()}")
    console.talk("Next: org-bootstrap plan")


def validate(directory: Directory = HERE) -> None:
    """Check everything in the YAML, offline: no credentials, no network."""
    spec = validated(directory)
    console.result(
        f"Valid: {len(spec.accounts)} accounts in {len(spec.units)} units and {len(spec.environments)} environments, "
        f"{len(spec.guardrails)} guardrails with {sum(len(g.tests) for g in spec.guardrails.values())} tests passed, "
        f"{len(spec.entries)} secret entries."
    )


def generate(
    out: Annotated[Path, typer.Option(help="The folder to write to: a new one, or one written before.")],
    directory: Directory = HERE,
) -> None:
    """Write what the YAML compiles to, offline: policies, templates, and an index of where each came from."""
    from bootstrap import generation

    files = generation.generate(validated(directory))
    generation.write(files, out)
    for path in files:
        console.result(f"+ {(out / path).as_posix()}")


def validated(directory: Path) -> Spec:
    from bootstrap.validation import validate as check

    return check(directory)
