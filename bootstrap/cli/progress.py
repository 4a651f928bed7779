"""Progress of long work on stderr, and its end by Ctrl-C."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from bootstrap.cli import console, exits
from bootstrap.engine.apply import Outcome, Skipped
from bootstrap.engine.plan import Change
from bootstrap.engine.review import mask_address
from bootstrap.model.resource import Address
from bootstrap.render.report import render_outcome

_FIRST_S: Final = 2.0
_EVERY_S: Final = 10.0  # short enough for a person, long enough for the log of a CI job


class Progress:
    """Logs each change of an apply as it ends."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.total = len(changes)
        self.complete = 0

    def ended(self, outcome: Outcome) -> None:
        """Count a change and log it; the report at the end lists skipped changes."""
        self.complete += 1
        if not isinstance(outcome, Skipped):
            console.log(f"{render_outcome(outcome)}  [{self.complete}/{self.total}]")

    def waiting(self, address: Address, text: str) -> None:
        console.log(f"  {mask_address(address)}: {text} …")


class Interruption:
    """Ctrl-C during an apply: the first lets writes in flight finish, the second exits at once.

    It is called in a signal handler, possibly in the middle of a write to the console, so it logs in a thread.
    """

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> None:
        react = _exit if self._asked else _wait
        self._asked = True
        threading.Thread(target=react, name="interruption", daemon=True).start()


def _wait() -> None:
    console.log("Interrupted: finishing writes in flight, starting no more. Press Ctrl-C again to exit at once.")


def _exit() -> None:
    console.log("Exited without waiting. Run the same command again to continue.")
    # As after any crash, the next run finds what this one began.
    os._exit(exits.ERROR)


@contextmanager
def heartbeat(still: Callable[[], str]) -> Iterator[None]:
    """Log `still()` now and then for as long as this lasts."""
    over = threading.Event()

    def beat() -> None:
        wait = _FIRST_S
        while not over.wait(wait):
            console.log(f"  {still()} …")
            wait = _EVERY_S

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
