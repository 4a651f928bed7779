"""The verbs that need no AWS: init, developer add, validate, generate."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.annotations import InAnnotations, annotated
from bootstrap.cli.options import HERE, Directory, command, example
from bootstrap.cli.progress import heartbeat
from bootstrap.model.errors import BootstrapError, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.spec.spec import Spec

_ADD = "developer add carol --email aws+carol@example.com --owner carol@example.com"

developer = typer.Typer(
    no_args_is_help=True, help="Developers and their accounts.", epilog=example(f"org-bootstrap {_ADD}")
)


def add_to(app: typer.Typer) -> None:
    """Register the verbs, in the order in which a new user needs them."""
    app.command(epilog=example("org-bootstrap init my-organization"))(init)
    app.add_typer(developer, name="developer")
    app.command(epilog=example("org-bootstrap validate"))(validate)
    app.command(epilog=example("org-bootstrap generate --out build"))(generate)


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; made if missing.")] = HERE,
) -> None:
    """Write a working example organization to start from."""
    from bootstrap.workflow.example import write_example

    for folder in write_example(directory):
        console.result(f"+ {folder.as_posix()}/")
    console.talk(f"Change the e-mails to yours, then: {command('validate', directory)}")


@developer.command("add", epilog=example(f"org-bootstrap {_ADD}"))
def add_developer(
    name: Annotated[str, typer.Argument(help="A short name: letters, digits and hyphens.")],
    email: Annotated[str, typer.Option(help="The account's root e-mail address, used by no other account.")],
    owner: Annotated[str, typer.Option(help="Who answers for the account, as an e-mail address.")],
    environment: Annotated[
        str | None, typer.Option(help="The environment whose rules it shares, if not `developer`.")
    ] = None,
    directory: Directory = HERE,
) -> None:
    """Write the file of one developer's account."""
    from bootstrap.spec.developer_file import add_developer as write

    with _located(directory):
        path = write(directory, name=name, email=email, owner=owner, environment=environment)
    console.result(f"+ {path.as_posix()}")
    console.talk(f"Next: {command('plan', directory)}")


def validate(directory: Directory = HERE, annotations: InAnnotations = None) -> None:
    """Check all of the YAML, offline: no credentials, no network."""
    with annotated(annotations):
        spec = validated(directory)
    console.result(
        f"Valid: {len(spec.accounts)} accounts in {len(spec.organizational_units)} OUs and "
        f"{len(spec.environments)} environments, {len(spec.guardrails)} guardrails with "
        f"{sum(len(guardrail.tests) for guardrail in spec.guardrails.values())} tests passed, "
        f"{len(spec.entries)} secret entries."
    )


def generate(
    out: Annotated[Path, typer.Option(help="The folder to write to: a new one, or one written before.")],
    directory: Directory = HERE,
) -> None:
    """Write the policies and templates that the YAML compiles to.

    Offline, and the same YAML gives the same bytes. index.json names each file, and where it came from.
    """
    from bootstrap.workflow.generate import generate_files, write_files

    files = generate_files(validated(directory))
    write_files(files, out)
    for path in files:
        console.result(f"+ {(out / path).as_posix()}")


def validated(directory: Path) -> Spec:
    """The YAML of a folder, known to be sound."""
    from bootstrap.workflow.validate import validate as check

    if not directory.is_dir():
        if directory.exists():
            hint = "give the one that holds account_specs/, scps/ and secrets_layout/"
            raise BootstrapError(f"{directory} is no folder", hint=hint)
        raise BootstrapError(
            f"there is no folder {directory}", hint=f"{command('init', HERE, str(directory))} makes one"
        )
    with heartbeat(lambda: "still checking the YAML"), _located(directory):
        return check(directory)


@contextmanager
def _located(directory: Path) -> Iterator[None]:
    """Problems with their place as seen from where the command was typed, for an editor to go to."""
    try:
        yield
    except SpecError as error:
        raise SpecError([replace(p, file=(directory / p.file).as_posix()) for p in error.problems]) from error
