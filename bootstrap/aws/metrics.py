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


class Cost(NamedTuple):
    """How many calls, how many of them AWS throttled, how many were tried again, and how long threads waited."""

    calls: int
    throttled: int
    retried: int
    waited_s: float

    def since(self, earlier: Cost) -> Cost:
        """What came after that."""
        return Cost(
            self.calls - earlier.calls,
            self.throttled - earlier.throttled,
            self.retried - earlier.retried,
            self.waited_s - earlier.waited_s,
        )

    def __str__(self) -> str:
        """Without what there was none of."""
        waited = f"{self.waited_s:.0f}"
        more = ((self.throttled, "throttled"), (self.retried, "tried again"))
        parts = [f"{self.calls} call{'s' * (self.calls != 1)}", *(f"{many} {what}" for many, what in more if many)]
        return ", ".join([*parts, f"its threads waited {waited} s together"] if waited != "0" else parts)


class Metrics:
    """Counted by all threads of a run."""

    def __init__(self, *, tells_waits: bool = True) -> None:
        """`tells_waits` is false where the time of an emulator goes, of which nobody at a terminal knows."""
        self._tells_waits = tells_waits
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

    @property
    def so_far(self) -> Cost:
        with self._lock:
            waited_s = self.waited_s if self._tells_waits else 0.0
            return Cost(self.calls.total(), self.throttles.total(), self.retries, waited_s)

    def __str__(self) -> str:
        return str(self.so_far)
