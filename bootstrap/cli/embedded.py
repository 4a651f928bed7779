"""The verbs that bring an AWS of their own: demo and emulator."""

from __future__ import annotations

import shlex
import threading
from typing import Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.connection import embedded_aws
from bootstrap.cli.options import example


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command(epilog=example("org-bootstrap demo"))(demo)
    app.command(
        epilog=example(
            "org-bootstrap emulator --profile real --seed 7 --speed 10\n"
            "  org-bootstrap emulator > emulator.env &   and once it answers:   . ./emulator.env"
        )
    )(emulator)


def demo() -> None:
    """See the whole job done, on an embedded AWS.

    An example organization is planned and applied, nothing is left to do, a developer is added, and the tree
    is shown. All of it is gone afterwards.
    """
    from bootstrap.cli.demo import run

    run()


def emulator(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on, on 127.0.0.1. 0 takes a free one.")
    ] = 5000,
    profile: Annotated[
        str, typer.Option(help="How it behaves: calm (at once), real, storm (all that can go wrong), or a TOML file.")
    ] = "calm",
    seed: Annotated[int, typer.Option(help="What is left to chance is the same for the same seed.")] = 0,
    speed: Annotated[
        float, typer.Option(min=0.01, help="How many times as fast as the context's its time goes.")
    ] = 1.0,
) -> None:
    """Serve an embedded AWS on loopback until Ctrl-C.

    Leave it running in one terminal, and paste the variables that it prints into another: org-bootstrap, the
    aws CLI and every SDK there then talk to it. GET /_emulator/calls tells every call that it saw.
    """
    with embedded_aws(port, profile=profile, seed=seed, speed=speed) as server:
        exports = [f"export {name}={shlex.quote(value)}" for name, value in server.variables().items()]
        exports.append("unset AWS_PROFILE AWS_DEFAULT_PROFILE")
        try:
            console.result("\n".join(exports))
            console.talk(f"An empty AWS answers at {server.endpoint}. Ctrl-C ends it, and all that is in it.")
            threading.Event().wait()
        except KeyboardInterrupt:
            console.talk("Ended.")
