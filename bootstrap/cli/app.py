"""The command with its verbs and common options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bootstrap import __version__
from bootstrap.cli import (
    apply,
    console,
    demo,
    destroy,
    developer,
    drift,
    emulator,
    generate,
    init,
    plan,
    show,
    snapshot,
    unlock,
    validate,
)

app = typer.Typer(
    name="org-bootstrap",
    help="Manage an AWS organization described in YAML: plan, review, apply.",
    epilog="""\b
Get started:
  org-bootstrap demo                   watch the main job on an AWS emulator
  org-bootstrap init my-organization   write an example organization

\b
Exit codes:
  0  success, or nothing to do
  1  error, wrong usage, or interrupted
  2  changes are pending (plan --detailed-exitcode), or drift was found (drift)
  3  blocked: approval or confirmation missing, plan changed since its review, or lock held by another run""",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# In the order in which a new user needs them.
app.command(epilog=init.EXAMPLES)(init.init)
app.add_typer(developer.developer, name="developer")
app.command(epilog=validate.EXAMPLES)(validate.validate)
app.command(epilog=generate.EXAMPLES)(generate.generate)
app.command(epilog=plan.EXAMPLES)(plan.plan)
app.command(epilog=apply.EXAMPLES)(apply.apply)
app.command(epilog=drift.EXAMPLES)(drift.drift)
app.command(epilog=snapshot.EXAMPLES)(snapshot.snapshot)
app.command(epilog=show.EXAMPLES)(show.show)
app.command(epilog=destroy.EXAMPLES)(destroy.destroy)
app.command(epilog=unlock.EXAMPLES)(unlock.unlock)
app.command(epilog=demo.EXAMPLES)(demo.demo)
app.command(epilog=emulator.EXAMPLES)(emulator.emulator)


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def _version(asked: bool) -> None:
    if asked:
        console.result(__version__)
        raise typer.Exit


def _log_as(form: LogFormat) -> LogFormat:
    console.as_json = form is LogFormat.JSON
    return form


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every AWS API call to stderr.")] = False,
    log_format: Annotated[
        LogFormat,
        # Eager, so that it applies to errors in the rest of the command line, too.
        typer.Option(callback=_log_as, is_eager=True, help="Log format: text, or json with one object per line."),
    ] = LogFormat.TEXT,
) -> None:
    """Manage an AWS organization described in YAML: plan, review, apply."""
    del version, log_format
    console.verbose = verbose
