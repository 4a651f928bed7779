"""What is yet to happen: whatever takes time ends by itself, whether or not anybody asks for it."""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from bootstrap.emulator.clock import Clock


class Agenda:
    """Nothing runs in the background: before a request is answered, all happens that is due by then, in order.

    So each request finds what it would find had everything happened on time. What is left to chance then was decided
    when it was put down: which request finds it is a matter of timing.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._entries: list[tuple[float, int, int, Callable[[], object]]] = []
        self._numbers = count()
        self._due: float | None = None

    def now(self) -> float:
        """While something happens, the moment at which it was due: what follows from it is no later for that."""
        return self._clock.now() if self._due is None else self._due

    def after(self, seconds: float, happen: Callable[[], object]) -> None:
        """Let it happen in so many seconds; at once, where they are none."""
        if seconds <= 0:
            happen()
        else:
            seed = self._random.getrandbits(64)
            heappush(self._entries, (self.now() + seconds, next(self._numbers), seed, happen))

    def spread(self, steps: Iterator[object], every: float) -> None:
        """Take the first step at once, and each that follows `every` seconds later."""
        for _ in steps:
            if every > 0:
                self.after(every, partial(self.spread, steps, every))
                return

    def catch_up(self) -> None:
        """Let everything happen that is due."""
        while self._entries and self._entries[0][0] <= self._clock.now():
            self._due, _, seed, happen = heappop(self._entries)
            before = self._random.getstate()
            self._random.seed(seed)
            try:
                happen()
            finally:
                self._due = None
                self._random.setstate(before)
