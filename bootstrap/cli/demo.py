"""The main job from end to end, on an embedded AWS and the example organization."""

from __future__ import annotations

import os
import time
from contextlib import chdir
from tempfile import TemporaryDirectory

from bootstrap.cli import console
from bootstrap.cli.connection import embedded_aws
from bootstrap.cli.offline import add_developer, init, validate
from bootstrap.cli.online import apply, plan, show


def run() -> None:
    """Each step shows the command that does it, and does it."""
    began = time.monotonic()
    with embedded_aws() as server, TemporaryDirectory() as folder, chdir(folder):
        os.environ.update(server.variables())
        _step("init")
        init()
        _step("validate")
        validate()
        _step("apply")
        apply()
        _step("plan")
        plan()
        _step("developer add carol --email aws+carol@example.com --owner carol@example.com")
        add_developer("carol", email="aws+carol@example.com", owner="carol@example.com")
        _step("apply")
        apply()
        _step("show")
        show()
    console.talk(f"\nDone in {time.monotonic() - began:.1f} s. To try it yourself: org-bootstrap emulator")


def _step(command: str) -> None:
    console.result(f"\n$ org-bootstrap {command}")
