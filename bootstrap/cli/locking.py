"""The lock around what writes: who takes it, and who breaks it."""

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
def locked(connection: Connection, *, patience_s: float = 0.0) -> Iterator[None]:
    """No other run writes to this AWS for as long as this lasts. Raises LockError if one still does after that."""
    from bootstrap.aws.lock import Patience
    from bootstrap.aws.lock import locked as hold

    keys = _keys(connection.aws)
    who = connection.caller.arn if connection.caller else _arn(keys)
    patience = Patience(patience_s, lambda other: console.talk(f"Waiting until another run has ended: {other} …"))
    with hold(keys, connection.aws, f"{who} on {socket.gethostname()}", _now, patience):
        yield


def unlock(connection: Connection, agree: Callable[[str], None]) -> str:
    """Break the lock, whoever holds it: the answer says who did, or nothing. `agree` raises if that is not wanted."""
    from bootstrap.aws.lock import holder, release

    keys = _keys(connection.aws)
    with heartbeat(lambda: f"still reading: {keys.metrics}"):
        found = interruptibly(lambda: holder(keys))
    if found is None:
        return ""
    agree(str(found))
    release(keys)
    return str(found)


def _arn(keys: AwsClient) -> str:
    with heartbeat(lambda: f"still reading: {keys.metrics}"):
        return interruptibly(lambda: str(keys.call("sts.GetCallerIdentity")["Arn"]))


def _keys(aws: AwsClient) -> AwsClient:
    """A door for the lock alone, which is written before anything is planned."""
    from bootstrap.aws.client import AwsClient

    keys = AwsClient(aws.endpoint, access_role=aws.access_role, home_region=aws.home_region)
    keys.metrics = aws.metrics  # one run, one count
    keys.allow_writes()
    if console.verbose:
        keys.on_attempt(tell)
    return keys


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
