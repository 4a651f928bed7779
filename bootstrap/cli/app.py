"""The command with its verbs and common options, from start to exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from bootstrap import __version__
from bootstrap.cli import console, exits
from bootstrap.cli.apply import apply
from bootstrap.cli.demo import demo
from bootstrap.cli.destroy import destroy
from bootstrap.cli.drift import drift
from bootstrap.cli.emulator import emulator
from bootstrap.cli.lock import unlock
from bootstrap.cli.offline import add_developer, generate, init, validate
from bootstrap.cli.plan import plan
from bootstrap.cli.show import show
from bootstrap.cli.snapshot import snapshot
from bootstrap.model.errors import AwsError, BlockedError, BootstrapError, SpecError, WaitError
from bootstrap.secrecy.mask import mask_text

# What typer returns after Ctrl-C.
_INTERRUPTED: Final = 130
# click's UsageError, which typer raises for a wrong command line and does not export.
_UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]
# How pydantic, which typer uses for enums, begins a message.
_PYDANTIC_PREFIX: Final = "Value error, "

app = typer.Typer(
    name="org-bootstrap",
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


def _examples(*commands: str) -> str:
    """The end of a verb's help. click keeps the lines of a paragraph that begins with a backspace."""
    return "\n".join(["\b", "Examples:", *(f"  org-bootstrap {text}" for text in commands)])


# In the order in which a new user needs them.
app.command(epilog=_examples("init my-organization"))(init)
_ADD: Final = _examples("developer add carol --email aws+carol@example.com --owner carol@example.com")
developer = typer.Typer(no_args_is_help=True, help="Manage the accounts of developers.", epilog=_ADD)
developer.command("add", epilog=_ADD)(add_developer)
app.add_typer(developer, name="developer")
app.command(epilog=_examples("validate", "validate -C my-organization --annotations github"))(validate)
app.command(epilog=_examples("generate --out build"))(generate)
app.command(
    epilog=_examples(
        "plan --out plan.json --detailed-exitcode",
        "plan --format html > plan.html",
        "plan --target account:developer-alice --show-api-calls",
        "plan --snapshot snapshot.json",
    )
)(plan)
app.command(epilog=_examples("apply", "apply --yes --approve close:developer-alice", "apply plan.json --yes"))(apply)
app.command(epilog=_examples("drift", "drift --format markdown"))(drift)
app.command(epilog=_examples("snapshot --out snapshot.json --redact"))(snapshot)
app.command(epilog=_examples("show"))(show)
app.command(
    epilog=_examples(
        "destroy --approve destroy:example", "destroy --approve destroy:example --approve close:developer-alice"
    )
)(destroy)
app.command(epilog=_examples("unlock", "unlock --yes"))(unlock)
app.command(epilog=_examples("demo"))(demo)
app.command(epilog=_examples("emulator", "emulator --profile real --seed 7 --speed 10", "emulator --port 0 > aws.env"))(
    emulator
)


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


def run() -> None:
    """Run the command line and exit. Expected failures end here as a message on stderr."""
    console.prepare()
    # A command makes few cycles and many small objects: looking for cycles takes a sixth of a large plan.
    gc.set_threshold(200_000)
    # CI systems send SIGTERM to cancel a job: treated as Ctrl-C, so that the lock is released.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = _exit_code()
    for reason in console.write_errors:
        console.error(reason)
    sys.exit(exits.ERROR if console.write_errors else code)


def _exit_code() -> int:
    try:
        code: int | None = app(prog_name="org-bootstrap", standalone_mode=False)
    except _UsageError as error:
        _show_usage_error(error)
        return exits.ERROR
    except BootstrapError as error:
        _show(error)
        return exits.BLOCKED if isinstance(error, BlockedError) else exits.ERROR
    if code == _INTERRUPTED:
        console.log("Interrupted.")
        # The interpreter would wait for threads that still wait for AWS.
        os._exit(exits.ERROR)
    return code or exits.OK


def _show_usage_error(error: Any) -> None:
    error.message = error.message.removeprefix(_PYDANTIC_PREFIX)
    if console.as_json:
        verb = error.ctx.command_path if error.ctx else "org-bootstrap"
        console.error(error.format_message(), f"see `{verb} --help`")
    else:
        error.show()


def _show(error: BootstrapError) -> None:
    message, hint = error.message, error.hint
    if isinstance(error, SpecError):
        from bootstrap.spec.problems import render_problem

        for problem in error.problems:
            console.log(render_problem(problem))
    elif isinstance(error, (AwsError, WaitError)):
        from bootstrap.render.report import hint_for

        # AWS may quote a value that it was sent or has found.
        message, hint = mask_text(message), hint_for(error)
    console.error(message, hint, label="blocked" if isinstance(error, BlockedError) else "error")
