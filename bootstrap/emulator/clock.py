"""The emulator's clock, which may run faster than real time, and the actions that are due later by it."""

from __future__ import annotations

import time
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random


class _Segment(NamedTuple):
    """A period at one speed: what this clock and the monotonic clock showed at its beginning."""

    shown: float
    began: float
    speed: float


class Clock:
    """Seconds since the clock was created, at `speed` times the rate of real time."""

    def __init__(self, speed: float = 1.0) -> None:
        self._segment = _Segment(0.0, time.monotonic(), speed)  # replaced as a whole: other threads read it

    def now(self) -> float:
        shown, began, speed = self._segment
        return shown + (time.monotonic() - began) * speed

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._segment = self._segment._replace(shown=self._segment.shown + seconds)

    def run(self, speed: float) -> None:
        """Continue at another speed."""
        self._segment = _Segment(self.now(), time.monotonic(), speed)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._segment.speed)  # noqa: TID251 (the emulator's one clock)


class Scheduler:
    """The ends of AWS's asynchronous operations.

    It runs no thread: before each request is answered, `run_due` runs every action that is due, in order.

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
        return bool(self._entries)

    def run_due(self) -> None:
        while self._entries and self._entries[0][0] <= self._clock.now():
            self._due, _, seed, action = heappop(self._entries)
            before = self._random.getstate()
            self._random.seed(seed)
            try:
                action()
            finally:
                self._due = None
                self._random.setstate(before)
