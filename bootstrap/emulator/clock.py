"""The emulator's clock, which may run faster than real time: rates, delays and latency run with it."""

from __future__ import annotations

import time
from typing import NamedTuple


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
