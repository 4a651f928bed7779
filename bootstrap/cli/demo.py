"""The main job from end to end, on an embedded AWS and the example organization."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bootstrap.aws.door import Aws
from bootstrap.aws.endpoint import Endpoint
from bootstrap.aws.live import Live
from bootstrap.cli import console
from bootstrap.cli.connection import describe, embedded_aws
from bootstrap.cli.offline import add_developer, init, validate, validated
from bootstrap.cli.online import carry_out, make_plan
from bootstrap.overview import overview
from bootstrap.render.tree import render_tree


def run() -> None:
    """Each step shows the command that does it, and does it."""
    began = time.monotonic()
    with embedded_aws() as server, TemporaryDirectory() as folder:
        directory = Path(folder) / "my-organization"
        _step("org-bootstrap init")
        init(directory)
        _step("org-bootstrap validate")
        validate(directory)
        _step("org-bootstrap apply")
        _apply(server.endpoint, directory)
        _step("org-bootstrap plan")
        _plan(server.endpoint, directory)
        _step("org-bootstrap developer add carol --email aws+carol@example.com --owner carol@example.com")
        add_developer("carol", email="aws+carol@example.com", owner="carol@example.com", directory=directory)
        _step("org-bootstrap apply")
        _apply(server.endpoint, directory)
        _step("org-bootstrap show")
        tree = overview(Live(_open(server.endpoint, directory)), validated(directory).organization.name)
        console.result(render_tree(tree) if tree else "")
    console.talk(f"\nDone in {time.monotonic() - began:.1f} s.")


def _step(command: str) -> None:
    console.result(f"\n$ {command}")


def _open(endpoint: str, directory: Path) -> Aws:
    organization = validated(directory).organization
    aws = Aws(Endpoint(endpoint), access_role=organization.access_role, home_region=organization.home_region)
    console.result(describe(aws))
    return aws


def _plan(endpoint: str, directory: Path) -> None:
    make_plan(validated(directory), _open(endpoint, directory))


def _apply(endpoint: str, directory: Path) -> None:
    planned = make_plan(validated(directory), _open(endpoint, directory))
    carry_out(planned, again="org-bootstrap apply", yes=True)
