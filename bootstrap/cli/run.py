"""The command line from start to exit code: expected failures end here as a message on stderr."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any, Final

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.app import app
from bootstrap.model.errors import AwsError, BlockedError, BootstrapError, SpecError, WaitError
from bootstrap.render.hints import hint_for

# What typer returns after Ctrl-C.
_INTERRUPTED: Final = 130
# click's UsageError, which typer raises for a wrong command line and does not export.
_UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]
# How pydantic, which typer uses for enums, begins a message.
_PYDANTIC_PREFIX: Final = "Value error, "


def run() -> None:
    """Run the command line and exit."""
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
        return _returned(app(prog_name="org-bootstrap", standalone_mode=False))
    except _UsageError as error:
        _show_usage_error(error)
    except exits.Ended as end:
        return end.code
    except SpecError as error:
        _show_problems(error)
    except BlockedError as error:
        console.error(error.message, error.hint, label="blocked")
        return exits.BLOCKED
    except (AwsError, WaitError) as error:
        from bootstrap.secrecy.mask import mask_text

        # AWS may quote a value that it was sent or has found.
        console.error(mask_text(error.message), hint_for(error))
    except BootstrapError as error:
        console.error(error.message, error.hint)
    return exits.ERROR


def _returned(code: int | None) -> int:
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


def _show_problems(error: SpecError) -> None:
    from bootstrap.spec.problems import render_problem

    for problem in error.problems:
        console.log(render_problem(problem))
    console.error(error.message, error.hint)
