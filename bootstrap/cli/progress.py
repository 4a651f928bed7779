"""Long work: it says that it goes on, and ends when Ctrl-C is pressed."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from bootstrap.cli import console, exits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

FIRST_S: Final = 2.0
EVERY_S: Final = 10.0  # a log that a machine keeps shall not fill up with signs of life


class Interruption:
    """What Ctrl-C does to an apply: the first lets what is in flight end, the second does not wait for it."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> None:
        if self._asked:
            # As after any death, the next run finds what this one began.
            console.talk("Ended, without waiting. The same command goes on from what was done.")
            os._exit(exits.ERROR)
        self._asked = True
        console.talk("Interrupted: nothing more begins; waiting for what is in flight. Ctrl-C again ends at once.")


@contextmanager
def heartbeat(still: Callable[[], str]) -> Iterator[None]:
    """While this lasts, tell now and then how far it is."""
    over = threading.Event()

    def beat() -> None:
        wait = FIRST_S
        while not over.wait(wait):
            console.talk(f"  {still()} …")
            wait = EVERY_S

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def interruptibly(read: Callable[[], T]) -> T:
    """What `read` returns or raises. Ctrl-C ends the wait for it at once: what only reads can be left alone."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(read())
        except BaseException as error:  # noqa: BLE001 (it is raised again where it is waited for)
            answer.set_exception(error)

    threading.Thread(target=run, name="read", daemon=True).start()
    return answer.result()
