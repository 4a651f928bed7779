"""Our buckets against AWS's own, as the embedded one has them."""

from __future__ import annotations

import pytest

from bootstrap import facts
from bootstrap.aws.rate_limit import RateLimiter
from bootstrap.emulator.gate.buckets import Buckets as AwsBuckets
from bootstrap.emulator.profile import read_profile
from tests.aws.scripted import FakeClock

LATE_S = 0.25


@pytest.mark.parametrize("rate", [rate for rate in facts.RATES if rate.burst > 1], ids=lambda rate: rate.actions[0])
def test_a_burst_that_arrives_late_gets_nobody_throttled(rate: facts.Rate) -> None:
    """What is sent after it does not wait for it, and finds a bucket that was full, and filled no more, until then."""
    clock = FakeClock()
    ours, theirs = RateLimiter(clock), AwsBuckets(read_profile("real").limits)
    burst = int(rate.burst)
    arrivals = []
    for number in range(3 * burst):
        ours.wait(rate.actions[0], "")
        arrivals.append(clock.now() + (LATE_S if number < burst else 0.0))
    assert all(theirs.take(rate.actions[0], "1", "o", arrival) for arrival in sorted(arrivals))
