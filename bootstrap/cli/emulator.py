"""The embedded AWS emulator, and the verb `emulator`."""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console
from bootstrap.model.errors import BootstrapError

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator


def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 picks a free one.")] = 5000,
    profile: Annotated[
        str,
        typer.Option(
            help="Behaviour: calm (no delays), real (AWS's delays and limits), storm (faults), or a TOML file."
        ),
    ] = "calm",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    speed: Annotated[
        float, typer.Option(min=0.01, help="Speed of the emulator's clock; 10 is ten times as fast.")
    ] = 1.0,
) -> None:
    """Serve an AWS emulator on loopback until Ctrl-C.

    Keep it running in one terminal and paste the variables that it prints into another: org-bootstrap, the AWS CLI and
    the SDKs there then use the emulator. GET /_emulator/calls returns every API call received.
    """
    with running_emulator(port, profile=profile, seed=seed, speed=speed) as server:
        exports = [f"export {name}={shlex.quote(value)}" for name, value in server.variables().items()]
        exports.append("unset AWS_PROFILE AWS_DEFAULT_PROFILE")
        try:
            console.result("\n".join(exports))
            console.log(f"AWS emulator listening on {server.endpoint}. Press Ctrl-C to stop it; its state is lost.")
            threading.Event().wait()
        except KeyboardInterrupt:
            console.log("Stopped.")


@contextmanager
def running_emulator(port: int = 0, *, profile: str = "calm", seed: int = 0, speed: float = 1.0) -> Iterator[Emulator]:
    """An emulator on loopback for as long as this lasts. Raises BootstrapError if it cannot be started."""
    from bootstrap.emulator import Emulator

    try:
        server = Emulator(port=port, profile=profile, seed=seed, speed=speed)
    except ValueError as error:
        hint = "docs/reference/emulator.md describes the profiles and how to write one"
        raise BootstrapError(str(error), hint=hint) from error
    console.log("Starting the AWS emulator …")
    try:
        server.start()
    except ModuleNotFoundError as error:
        message = f"the AWS emulator is not installed: module {error.name} is missing"
        raise BootstrapError(message, hint="pip install 'org-bootstrap[emulator]'") from error
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        message = f"cannot listen on port {port} of 127.0.0.1: {reason}"
        raise BootstrapError(message, hint="choose another port, or `--port 0` for a free one") from error
    try:
        yield server
    finally:
        server.stop()
