"""The emulator's own time: it may run faster than the world's, and then everything that takes time does."""

from __future__ import annotations

import time
from typing import NamedTuple


class _Stretch(NamedTuple):
    """Time at one speed: what the clock showed when it began, and what the world's did."""

    shown: float
    began: float
    speed: float


class Clock:
    """Seconds since the clock was made, `speed` times as many as went by outside."""

    def __init__(self, speed: float = 1.0) -> None:
        self._stretch = _Stretch(0.0, time.monotonic(), speed)  # replaced as a whole: others are reading it

    def now(self) -> float:
        shown, began, speed = self._stretch
        return shown + (time.monotonic() - began) * speed

    def skip(self, seconds: float) -> None:
        """Let so many seconds have gone by."""
        self._stretch = self._stretch._replace(shown=self._stretch.shown + seconds)

    def run(self, speed: float) -> None:
        """Go on from here at another speed."""
        self._stretch = _Stretch(self.now(), time.monotonic(), speed)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._stretch.speed)  # noqa: TID251 (the emulator's one clock)
