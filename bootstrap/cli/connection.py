"""The AWS that a command uses, and how it is announced."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.emulated import running_emulator
from bootstrap.cli.progress import interruptibly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.metrics import Attempt
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Caller


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, a description of its AWS, and whether that AWS outlives the command.

    `caller` is who runs the command; None on an emulator, which is not asked.
    """

    aws: AwsClient
    whose: str
    persistent: bool = True
    caller: Caller | None = None


@contextmanager
def connect(spec: Spec, *, emulated: bool, say: Callable[[str], None] = console.result) -> Iterator[Connection]:
    """The AWS of the environment, or an emulator for as long as this lasts. Announces which, before all else."""
    from bootstrap.aws.endpoint import Endpoint, from_environment

    if emulated:
        with running_emulator() as server:
            yield _open(Endpoint(server.endpoint), spec, say, persistent=False)
    else:
        yield _open(from_environment(os.environ), spec, say)


@contextmanager
def total_logged(connection: Connection) -> Iterator[None]:
    """Log the number of API calls at the end, also after a failure."""
    try:
        yield
    finally:
        console.log(f"Total: {connection.aws.metrics}.")


def log_call(made: Attempt) -> None:
    """One API call, for `--verbose`."""
    console.log(f"  {made.action} {made.account} {made.seconds * 1000:.0f} ms {made.outcome} {made.reason}".rstrip())


def describe(who: Caller) -> str:
    """One line: account, organization and caller."""
    which = f"organization {who.organization}" if who.organization else "no organization yet"
    return f"AWS account {who.account}, {which}, as {who.arn}"


def _open(endpoint: Endpoint, spec: Spec, say: Callable[[str], None], *, persistent: bool = True) -> Connection:
    from bootstrap.aws.client import AwsClient

    aws = AwsClient(endpoint, access_role=spec.organization.access_role, home_region=spec.organization.home_region)
    if console.verbose:
        aws.on_attempt(log_call)
    if endpoint.emulated:
        say(f"AWS emulator at {endpoint.url}: no AWS account is used.")
        return Connection(aws, f"the AWS emulator at {endpoint.url}", persistent)
    from bootstrap.workflow import caller

    who = interruptibly(lambda: caller(aws))
    say(f"{describe(who)}.")
    return Connection(aws, describe(who), persistent, who)
