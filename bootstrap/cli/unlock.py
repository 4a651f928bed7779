"""The verb `unlock`."""

from __future__ import annotations

from typing import Final

from bootstrap.cli import console
from bootstrap.cli.confirm import confirm
from bootstrap.cli.connection import connect
from bootstrap.cli.load import load
from bootstrap.cli.lock import lock_client
from bootstrap.cli.options import HERE, Directory, Yes
from bootstrap.cli.progress import heartbeat, interruptibly
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples("unlock", "unlock --yes")


def unlock(directory: Directory = HERE, yes: Yes = False) -> None:
    """Release a lock left behind by a crashed run.

    Only one run writes at a time: a second one fails and names the holder of the lock. Make sure that the holder is no
    longer running before you release its lock.
    """
    from bootstrap.aws.lock import holder, release

    spec = load(directory)
    with connect(spec, emulated=False) as connection:
        client = lock_client(connection.aws)
        with heartbeat(lambda: f"still reading: {client.metrics}"):
            held = interruptibly(lambda: holder(client))
        if held is None:
            console.result("The lock is free.")
            return
        if not yes:
            confirm(f"Release the lock held by {held}?")
        release(client)
    console.result(f"Released the lock held by {held}.")
