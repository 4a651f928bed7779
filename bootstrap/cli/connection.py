"""The AWS that a command talks to, and what to tell the reader about it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bootstrap.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.aws.door import Aws
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.sandbox import Sandbox
    from bootstrap.spec.spec import Spec


@contextmanager
def connect(spec: Spec, *, sandbox: bool) -> Iterator[Aws]:
    """The AWS of the environment, or an embedded one for as long as this lasts. Says which, before all else."""
    from bootstrap.aws.endpoint import Endpoint, from_environment

    if not sandbox:
        yield _open(from_environment(os.environ), spec)
        return
    with embedded_aws() as server:
        yield _open(Endpoint(server.endpoint), spec)


@contextmanager
def embedded_aws(port: int = 0) -> Iterator[Sandbox]:
    """An embedded AWS on loopback, for as long as this lasts."""
    from bootstrap.sandbox import Sandbox

    server = Sandbox(port=port)
    try:
        server.start()
    except ModuleNotFoundError as error:
        from bootstrap.errors import BootstrapError

        message = f"the embedded AWS is not installed ({error.name} is missing)"
        raise BootstrapError(message, hint="pip install 'org-bootstrap[sandbox]'") from error
    try:
        yield server
    finally:
        server.stop()


def describe(aws: Aws) -> str:
    """Whose AWS this is: the first line of all that is said about it."""
    from bootstrap.workflow import caller

    if aws.endpoint.emulated:
        return f"Emulated AWS at {aws.endpoint.url}: nothing here is real."
    who = caller(aws)
    return f"AWS account {who.account}, as {who.arn}."


def _open(endpoint: Endpoint, spec: Spec) -> Aws:
    from bootstrap.aws.door import Aws

    aws = Aws(endpoint, access_role=spec.organization.access_role, home_region=spec.organization.home_region)
    console.result(describe(aws))
    return aws
