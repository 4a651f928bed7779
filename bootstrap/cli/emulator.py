"""The verb `emulator`."""

from __future__ import annotations

import shlex
import threading
from typing import Annotated, Final

import typer

from bootstrap.cli import console
from bootstrap.cli.emulated import running_emulator
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples("emulator", "emulator --profile real --seed 7 --speed 10", "emulator --port 0 > aws.env")


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
