"""The lock as the verbs use it: held by what writes, removed by `unlock`."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.connection import tell
from bootstrap.cli.progress import heartbeat, interruptibly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.aws.client import AwsClient
    from bootstrap.cli.connection import Connection


@contextmanager
def locked(connection: Connection, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of this AWS. Raises LockError if another run still holds it after `wait_s`."""
    from bootstrap.aws.lock import LockWait
    from bootstrap.aws.lock import locked as hold

    writer = _writer(connection.aws)
    who = connection.caller.arn if connection.caller else _arn(writer)
    wait = LockWait(wait_s, lambda other: console.talk(f"Waiting until another run has ended: {other} …"))
    with hold(writer, connection.aws, f"{who} on {socket.gethostname()}", _now, wait):
        yield


def unlock(connection: Connection, agree: Callable[[str], None]) -> str:
    """Remove the lock and return who held it, or an empty text. `agree` is asked first, and raises to keep the lock."""
    from bootstrap.aws.lock import holder, release

    writer = _writer(connection.aws)
    with heartbeat(lambda: f"still reading: {writer.metrics}"):
        found = interruptibly(lambda: holder(writer))
    if found is None:
        return ""
    agree(str(found))
    release(writer)
    return str(found)


def _arn(writer: AwsClient) -> str:
    with heartbeat(lambda: f"still reading: {writer.metrics}"):
        return interruptibly(lambda: str(writer.call("sts.GetCallerIdentity")["Arn"]))


def _writer(aws: AwsClient) -> AwsClient:
    """A client for the lock alone, which is written before anything is planned."""
    from bootstrap.aws.client import AwsClient

    writer = AwsClient(aws.endpoint, access_role=aws.access_role, home_region=aws.home_region)
    writer.metrics = aws.metrics  # one run, one count
    writer.allow_writes()
    if console.verbose:
        writer.on_attempt(tell)
    return writer


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
