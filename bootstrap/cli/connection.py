"""The AWS that a command uses, and how it is announced."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bootstrap.cli import console
from bootstrap.cli.emulator import running_emulator

if TYPE_CHECKING:
    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.metrics import Attempt, Metrics
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Caller

T = TypeVar("T")


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


def _open(endpoint: Endpoint, spec: Spec, say: Callable[[str], None], *, persistent: bool = True) -> Connection:
    aws = new_client(endpoint, spec.organization.access_role, spec.organization.home_region)
    if endpoint.emulated:
        say(f"AWS emulator at {endpoint.url}: no AWS account is used.")
        return Connection(aws, f"the AWS emulator at {endpoint.url}", persistent)
    from bootstrap.workflow import caller

    who = interruptibly(lambda: caller(aws), aws.metrics)
    which = f"organization {who.organization}" if who.organization else "no organization yet"
    whose = f"AWS account {who.account}, {which}, as {who.arn}"
    say(f"{whose}.")
    return Connection(aws, whose, persistent, who)


def new_client(endpoint: Endpoint, access_role: str, home_region: str) -> AwsClient:
    """A client that logs its calls with `--verbose`."""
    from bootstrap.aws.client import AwsClient

    client = AwsClient(endpoint, access_role=access_role, home_region=home_region)
    if console.verbose:
        client.on_attempt(_log_call)
    return client


def _log_call(made: Attempt) -> None:
    console.log(f"  {made.action} {made.account} {made.seconds * 1000:.0f} ms {made.outcome} {made.reason}".rstrip())


def read(connection: Connection, work: Callable[[], T], *, doing: str = "Reading AWS") -> T:
    """The result of `work`, which reads AWS. Logs progress, and the number of API calls at the end."""
    metrics, before = connection.aws.metrics, connection.aws.metrics.so_far
    console.log(f"{doing} …")
    found = interruptibly(work, metrics)
    console.log(f"Read: {metrics.so_far.since(before)}.")
    return found


def interruptibly(work: Callable[[], T], metrics: Metrics) -> T:
    """The result of `work`, which runs in a thread: Ctrl-C stops waiting for it at once, since it only reads."""
    before = metrics.so_far
    with console.heartbeat(lambda: f"still reading: {metrics.so_far.since(before)}"):
        return ThreadPoolExecutor(1, "read").submit(work).result()
