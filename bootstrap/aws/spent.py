"""What a run has cost: calls by action, and what it took to get them through."""

from __future__ import annotations

import threading
from collections import Counter
from typing import NamedTuple


class Attempt(NamedTuple):
    """One call as it went. `outcome` is `ok` or AWS's error code, and `reason` what goes with that; what was asked and
    answered is not in it.
    """

    action: str
    account: str
    seconds: float
    outcome: str
    reason: str


class Spent:
    """Counted by all threads of a run."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.throttles: Counter[str] = Counter()
        self.retries = 0
        self.waited_s = 0.0
        """The waits of all threads together, which wait side by side."""
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

    def __str__(self) -> str:
        calls = self.calls.total()
        return (
            f"{calls} call{'s' * (calls != 1)}, {self.throttles.total()} throttled, {self.retries} tried again, "
            f"{self.waited_s:.0f} s of waiting"
        )
