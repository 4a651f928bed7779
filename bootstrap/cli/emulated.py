"""The embedded AWS emulator, started and stopped."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.model.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator import Emulator


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
