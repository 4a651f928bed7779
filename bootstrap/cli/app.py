"""The command and its verbs; expected failures end here as a line on stderr and an exit code."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bootstrap import __version__
from bootstrap.cli import console, offline, online
from bootstrap.errors import BootstrapError, RefusedError, SpecError

app = typer.Typer(
    name="org-bootstrap",
    help="An AWS organization described in YAML: planned, reviewed and applied.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
offline.add_to(app)
online.add_to(app)


def _version(asked: bool) -> None:
    if asked:
        console.result(__version__)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """An AWS organization described in YAML: planned, reviewed and applied."""
    del version


def main() -> None:
    """Run the command line, and turn what is expected to fail into a message and an exit code."""
    try:
        app()
    except SpecError as error:
        from bootstrap.spec.render import render_problem

        for problem in error.problems:
            console.talk(render_problem(problem))
        console.failure(error.message, error.hint)
        sys.exit(console.ERROR)
    except BootstrapError as error:
        console.failure(error.message, error.hint)
        sys.exit(console.REFUSED if isinstance(error, RefusedError) else console.ERROR)
