"""Counters of a run: its calls by action, its retries and its waits."""

from __future__ import annotations

import threading
from collections import Counter
from typing import NamedTuple


class Attempt(NamedTuple):
    """One request to AWS and how it ended, without parameters or answer. `outcome` is `ok` or AWS's error code, and
    `reason` the `Reason` with some codes.
    """

    action: str
    account: str
    seconds: float
    outcome: str
    reason: str


class Cost(NamedTuple):
    """How many requests were sent, how many of them were throttled or retried, and how long all threads waited."""

    calls: int
    throttled: int
    retried: int
    waited_s: float

    def since(self, earlier: Cost) -> Cost:
        return Cost(
            self.calls - earlier.calls,
            self.throttled - earlier.throttled,
            self.retried - earlier.retried,
            self.waited_s - earlier.waited_s,
        )

    def __str__(self) -> str:
        """Such as "590 AWS API calls, 3 throttled, 3 retried": a number that is 0 is left out."""
        parts = [f"{self.calls} AWS API call{'s' * (self.calls != 1)}"]
        if self.throttled:
            parts.append(f"{self.throttled} throttled")
        if self.retried:
            parts.append(f"{self.retried} retried")
        if waited := round(self.waited_s):
            parts.append(f"waited {waited} s in total over all threads")
        return ", ".join(parts)


class Metrics:
    def __init__(self, *, shows_waits: bool = True) -> None:
        """`shows_waits` is false with an emulator, whose seconds are not real ones."""
        self._shows_waits = shows_waits
        self.calls: Counter[str] = Counter()
        self.throttles: Counter[str] = Counter()
        self.retries = 0
        self.waited_s = 0.0
        self._lock = threading.Lock()

    def call(self, action: str) -> None:
        with self._lock:
            self.calls[action] += 1

    def throttled(self, action: str) -> None:
        with self._lock:
            self.throttles[action] += 1

    def retry(self) -> None:
        with self._lock:
            self.retries += 1

    def wait(self, seconds: float) -> None:
        with self._lock:
            self.waited_s += seconds

    @property
    def so_far(self) -> Cost:
        with self._lock:
            waited_s = self.waited_s if self._shows_waits else 0.0
            return Cost(self.calls.total(), self.throttles.total(), self.retries, waited_s)

    def __str__(self) -> str:
        return str(self.so_far)
