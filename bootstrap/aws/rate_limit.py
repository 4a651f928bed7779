"""Rate limits: a token bucket for each of AWS's published rates, in each account."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from bootstrap import facts

if TYPE_CHECKING:
    from bootstrap.aws.clock import Clock

# The rest is for the console, Control Tower and other tools in the same account.
_OUR_SHARE: Final = 0.95
# A call takes its token here up to this long before it does in AWS. The burst is smaller by what refills in that time.
_LATE_S: Final = 0.25
# Each time AWS throttles anyway, the rate is multiplied by `_SLOWER`, down to `_SLOWEST` of the first one.
_SLOWER: Final = 0.7
_SLOWEST: Final = 0.1
# An action without a published rate has no limit until AWS throttles it.
_UNKNOWN_PER_S: Final = 10.0


class Bucket:
    """Tokens that refill at a rate, up to `burst`. Times are in seconds."""

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self.per_second = per_second
        self._full_per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> float:
        """Take a token. Returns how long to wait for it: a token that is not there yet is reserved for the caller."""
        self._fill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self.per_second)

    def slow_down(self, now: float) -> None:
        """AWS throttled: it has no tokens left, and from now on they refill more slowly."""
        self._fill(now)
        self._tokens = min(self._tokens, 0.0)
        self.per_second = max(self.per_second * _SLOWER, self._full_per_second * _SLOWEST)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self.per_second)
        self._at = max(self._at, now)


class RateLimiter:
    """All buckets of a run, shared by its threads. Each account has its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows = {action: rate for rate in facts.RATES for action in rate.actions}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, action: str, account: str) -> float:
        """Wait until `service.Operation` may be called in an account. Returns the seconds waited."""
        with self._lock:
            bucket = self._bucket(action, account)
            seconds = bucket.take(self._clock.now()) if bucket else 0.0
        if seconds:
            self._clock.sleep(seconds)
        return seconds

    def slow_down(self, action: str, account: str) -> None:
        """AWS throttled this action: from now on it is called less often, even if AWS publishes no rate for it."""
        with self._lock:
            bucket = self._bucket(action, account)
            if bucket is None:
                bucket = Bucket(_UNKNOWN_PER_S, 1, self._clock.now())
                self._buckets[action, account] = bucket
            bucket.slow_down(self._clock.now())

    def _bucket(self, action: str, account: str) -> Bucket | None:
        rate = self._rows.get(action) or self._rows.get(action.partition(".")[0] + ".*")
        if rate is None:
            return self._buckets.get((action, account))
        key = (rate.actions[0], account)
        if key not in self._buckets:
            burst = max(1.0, rate.burst - rate.per_second * _LATE_S)
            self._buckets[key] = Bucket(rate.per_second * _OUR_SHARE, burst, self._clock.now())
        return self._buckets[key]
