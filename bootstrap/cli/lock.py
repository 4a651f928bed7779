"""The connection of a run that writes, of which there is one at a time, and the verb `unlock`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.connection import Connection, connect, interruptibly, new_client
from bootstrap.cli.options import HERE, Directory, Yes
from bootstrap.cli.planning import load

if TYPE_CHECKING:
    from bootstrap.aws.client import AwsClient
    from bootstrap.spec.spec import Spec


@contextmanager
def connect_to_write(spec: Spec, *, emulated: bool = False, timeout_s: float = 0.0) -> Iterator[Connection]:
    """Connect, and hold the lock for as long as this lasts. Raises LockError if another run still holds it after the
    timeout. Logs the number of API calls at the end, also after a failure.
    """
    import socket

    from bootstrap.aws.lock import LockWait, locked

    wait = LockWait(timeout_s, lambda other: console.log(f"Waiting for another run to finish: {other} …"))
    with connect(spec, emulated=emulated) as connection:
        try:
            client, caller = _client(connection.aws), connection.caller
            who = caller.arn if caller else interruptibly(partial(_arn, client), client.metrics)
            with locked(client, connection.aws, f"{who} on {socket.gethostname()}", _now, wait):
                yield connection
        finally:
            console.log(f"Total: {connection.aws.metrics}.")


def unlock(directory: Directory = HERE, yes: Yes = False) -> None:
    """Release a lock left behind by a crashed run.

    Only one run writes at a time: a second one fails and names the holder of the lock. Make sure that the holder is no
    longer running before you release its lock.
    """
    from bootstrap.aws.lock import holder, release

    spec = load(directory)
    with connect(spec, emulated=False) as connection:
        client = _client(connection.aws)
        held = interruptibly(lambda: holder(client), client.metrics)
        if held is None:
            console.result("The lock is free.")
            return
        if not yes:
            console.confirm(f"Release the lock held by {held}?")
        release(client)
    console.result(f"Released the lock held by {held}.")


def _client(aws: AwsClient) -> AwsClient:
    """A client for the lock alone: it writes before the plan is made, which the client of the plan must not."""
    client = new_client(aws.endpoint, aws.access_role, aws.home_region)
    client.metrics = aws.metrics  # one count for the run
    client.allow_writes()
    return client


def _arn(client: AwsClient) -> str:
    return str(client.call("sts.GetCallerIdentity")["Arn"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
