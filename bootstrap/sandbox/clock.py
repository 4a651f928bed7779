"""The sandbox's own time: it may run faster than the world's, and then everything that takes time does."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the clock was made, `speed` times as many as went by outside."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began = time.monotonic()
        self._skipped = 0.0

    def now(self) -> float:
        return (time.monotonic() - self._began) * self.speed + self._skipped

    def skip(self, seconds: float) -> None:
        """Let so many seconds have gone by."""
        self._skipped += seconds

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)  # noqa: TID251 (the sandbox's one clock)
