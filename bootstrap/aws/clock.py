"""The clock of a run, which tests and the emulator speed up."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """`now` is in seconds, and never goes back."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class WallClock:
    """Real time, times `speed`: with 10, waits are ten times shorter, for an emulator whose time runs as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed

    def now(self) -> float:
        return time.monotonic() * self._speed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)  # noqa: TID251 (the one clock)
