"""The command and its verbs; expected failures end here as a line on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from bootstrap import __version__
from bootstrap.cli import console, embedded, exits, offline, online
from bootstrap.model.errors import BlockedError, BootstrapError, SpecError
from bootstrap.render.hints import hint_for

# Typer's own, which it returns to us.
_INTERRUPTED: Final = 130
# What Typer raises for a wrong command line: UsageError, which it exports under no name of its own.
_MISUSE: Final[type[Exception]] = typer.BadParameter.__mro__[1]
# Stands before what a value is not, in a message made by pydantic, which Typer asks.
_OF_PYDANTIC: Final = "Value error, "

app = typer.Typer(
    name="org-bootstrap",
    help="An AWS organization described in YAML: planned, reviewed and applied.",
    epilog="""\b
Begin with:
  org-bootstrap demo                   the whole job, on an embedded AWS
  org-bootstrap init my-organization   YAML to start from

\b
Exit codes:
  0  done, or nothing to do
  1  an error, a wrong command line, or interrupted
  2  changes are pending (plan --detailed-exitcode), or something drifted (drift)
  3  refused: a guard stopped the plan, or nobody said yes""",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
offline.add_to(app)
online.add_to(app)
embedded.add_to(app)


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def _version(asked: bool) -> None:
    if asked:
        console.result(__version__)
        raise typer.Exit


def _talk_as(form: LogFormat) -> LogFormat:
    console.as_json = form is LogFormat.JSON
    return form


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell every call to AWS, on stderr.")] = False,
    log_format: Annotated[
        LogFormat,
        # Eager, so that it holds of what is wrong with the rest of the line, too.
        typer.Option(callback=_talk_as, is_eager=True, help="How to talk on stderr: json is one object a line."),
    ] = LogFormat.TEXT,
) -> None:
    """An AWS organization described in YAML: planned, reviewed and applied."""
    del version, log_format
    console.verbose = verbose


def main() -> None:
    """Run the command line, and serial what is expected to fail into a message and an exit code."""
    console.prepare()
    # Whoever stops a CI job sends SIGTERM: the lock is given back then, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = _run()
    for reason in console.lost:
        console.failure(reason)
    sys.exit(exits.ERROR if console.lost else code)


def _run() -> int:
    try:
        return _ended(app(prog_name="org-bootstrap", standalone_mode=False))
    except _MISUSE as error:
        _tell_misuse(error)
    except exits.Ended as end:
        return end.code
    except SpecError as error:
        _tell_problems(error)
    except BlockedError as error:
        console.failure(error.message, error.hint, label="refused")
        return exits.REFUSED
    except BootstrapError as error:
        console.failure(error.message, hint_for(error))
    return exits.ERROR


def _ended(code: int | None) -> int:
    if code == _INTERRUPTED:
        console.talk("Interrupted.")
        # Reading threads may still wait for AWS, and the interpreter would wait for them.
        os._exit(exits.ERROR)
    return code or exits.OK


def _tell_misuse(error: Any) -> None:
    error.message = error.message.removeprefix(_OF_PYDANTIC)
    if console.as_json:
        verb = error.ctx.command_path if error.ctx else "org-bootstrap"
        console.failure(error.format_message(), f"`{verb} --help` tells what there is")
    else:
        error.show()


def _tell_problems(error: SpecError) -> None:
    from bootstrap.spec.render import render_problem

    for problem in error.problems:
        console.talk(render_problem(problem))
    console.failure(error.message, error.hint)
