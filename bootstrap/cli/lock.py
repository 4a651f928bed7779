"""The lock that only one writing run holds."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.connection import log_call
from bootstrap.cli.progress import heartbeat, interruptibly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.aws.client import AwsClient
    from bootstrap.cli.connection import Connection


@contextmanager
def locked(connection: Connection, *, timeout_s: float = 0.0) -> Iterator[None]:
    """Hold the lock for as long as this lasts. Raises LockError if another run still holds it after the timeout."""
    import socket

    from bootstrap.aws.lock import LockWait
    from bootstrap.aws.lock import locked as hold

    client = lock_client(connection.aws)
    who = connection.caller.arn if connection.caller else _caller(client)
    wait = LockWait(timeout_s, lambda other: console.log(f"Waiting for another run to finish: {other} …"))
    with hold(client, connection.aws, f"{who} on {socket.gethostname()}", _now, wait):
        yield


def lock_client(aws: AwsClient) -> AwsClient:
    """A client for the lock alone: it writes before the plan is made, which the client of the plan must not."""
    from bootstrap.aws.client import AwsClient

    client = AwsClient(aws.endpoint, access_role=aws.access_role, home_region=aws.home_region)
    client.metrics = aws.metrics  # one count for the run
    client.allow_writes()
    if console.verbose:
        client.on_attempt(log_call)
    return client


def _caller(client: AwsClient) -> str:
    with heartbeat(lambda: f"still reading: {client.metrics}"):
        return interruptibly(lambda: str(client.call("sts.GetCallerIdentity")["Arn"]))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
