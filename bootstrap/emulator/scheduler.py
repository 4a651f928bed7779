"""Actions that are due later: the end of each asynchronous operation of AWS."""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from bootstrap.emulator.clock import Clock


class Scheduler:
    """Runs no thread: before each request is answered, `run_due` runs every action that is due, in order.

    So each request sees the state that it would see if every action had run on time. An action gets its random seed
    when it is scheduled, because timing decides which request runs it.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._entries: list[tuple[float, int, int, Callable[[], object]]] = []
        self._numbers = count()
        self._due: float | None = None

    def now(self) -> float:
        """The time. While an action runs, the time at which it was due, so that what it schedules is not late."""
        return self._clock.now() if self._due is None else self._due

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Run an action in so many seconds; now, if they are 0."""
        if seconds <= 0:
            action()
        else:
            seed = self._random.getrandbits(64)
            heappush(self._entries, (self.now() + seconds, next(self._numbers), seed, action))

    def run_steps(self, steps: Iterator[object], every: float) -> None:
        """Run the first step now, and each following one `every` seconds later."""
        for _ in steps:
            if every > 0:
                self.after(every, partial(self.run_steps, steps, every))
                return

    def is_busy(self) -> bool:
        """Whether an action is due later."""
        return bool(self._entries)

    def run_due(self) -> None:
        """Run every action that is due."""
        while self._entries and self._entries[0][0] <= self._clock.now():
            self._due, _, seed, action = heappop(self._entries)
            before = self._random.getstate()
            self._random.seed(seed)
            try:
                action()
            finally:
                self._due = None
                self._random.setstate(before)
