"""Calls are sent as fast as AWS allows, per action and account, and more slowly once AWS throttles."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bootstrap import facts
from bootstrap.aws.rate_limit import RateLimiter
from bootstrap.emulator.gate.buckets import Buckets as AwsBuckets
from bootstrap.emulator.profile import read_profile
from tests.aws.scripted import Error, FakeClock, Scripted

MOVE = {"AccountId": "111122223333", "SourceParentId": "r-abcd", "DestinationParentId": "ou-abcd-12345678"}
LATE_S = 0.25


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_published_rate_is_kept_and_lowered_once_aws_throttles(clock: FakeClock) -> None:
    """MoveAccount: 2 a second, 3 at once."""
    with Scripted(MoveAccount=[{}]) as scripted:
        aws = scripted.aws(clock)
        began = clock.now()
        for _ in range(23):
            aws.call("organizations.MoveAccount", **MOVE)
        assert 10 <= clock.now() - began <= 11
        assert aws.metrics.waited_s == pytest.approx(clock.now() - began)
    with Scripted(MoveAccount=[Error("TooManyRequestsException"), {}]) as scripted:
        aws = scripted.aws(clock)
        aws.call("organizations.MoveAccount", **MOVE)
        began = clock.now()
        for _ in range(20):
            aws.call("organizations.MoveAccount", **MOVE)
        assert clock.now() - began > 13
        assert (aws.metrics.throttles["organizations.MoveAccount"], aws.metrics.retries) == (1, 1)
        assert str(aws.metrics) == "22 AWS API calls, 1 throttled, 1 retried", (
            "no waits, because an emulator's seconds are not ours"
        )


def test_an_action_without_a_published_rate_is_limited_once_aws_throttles(clock: FakeClock) -> None:
    asked = {"Name": "/org-bootstrap/lock"}
    with Scripted(GetParameter=[{}]) as scripted:
        aws = scripted.aws(clock)
        for _ in range(40):
            aws.call("ssm.GetParameter", **asked)
        assert clock.waits == []
    with Scripted(GetParameter=[Error("ThrottlingException"), Error("ThrottlingException"), {}]) as scripted:
        aws = scripted.aws(clock)
        aws.call("ssm.GetParameter", **asked)
        began = clock.now()
        for _ in range(40):
            aws.call("ssm.GetParameter", **asked)
        assert clock.now() - began > 40 / 5
        assert aws.metrics.throttles["ssm.GetParameter"] == 2


def test_the_threads_of_a_run_share_a_bucket() -> None:
    """ListRoots: 1 a second, 2 at once. The clock stands still, so each thread waits for its own token."""

    class Standing(FakeClock):
        def sleep(self, seconds: float) -> None:
            self.waits.append(seconds)

    clock = Standing()
    with Scripted(ListRoots=[{}]) as scripted:
        aws = scripted.aws(clock)
        aws.each(lambda _: aws.call("organizations.ListRoots"), range(16))
    places = [waited - before for before, waited in pairwise(sorted(clock.waits))]
    assert places == pytest.approx([1 / 0.95] * 14)


def test_two_accounts_have_separate_buckets(clock: FakeClock) -> None:
    """MoveAccount: 2 a second, 3 at once."""
    buckets, one, other = RateLimiter(clock), "111122223333", "444455556666"
    action = "organizations.MoveAccount"
    assert [buckets.wait(action, one) > 0 for _ in range(4)] == [False, False, True, True]
    buckets.slow_down(action, one)
    assert [buckets.wait(action, other) > 0 for _ in range(4)] == [False, False, True, True]
    slowed, full = (sum(buckets.wait(action, account) for _ in range(10)) for account in (one, other))
    assert slowed > full * 1.3


def test_the_actions_of_a_service_with_one_rate_for_all_share_a_bucket() -> None:
    limiter = RateLimiter(FakeClock())
    actions = ("sso-admin.ListInstances", "sso-admin.ListPermissionSets")
    waited = [limiter.wait(action, "111122223333") for action in actions * 20]
    assert sum(seconds == 0 for seconds in waited) == 15, "the burst, less what may arrive late"


@pytest.mark.parametrize("rate", [rate for rate in facts.RATES if rate.burst > 1], ids=lambda rate: rate.actions[0])
def test_a_burst_that_arrives_late_is_not_throttled(rate: facts.Rate) -> None:
    """The calls after the burst may overtake it. AWS's bucket was full until they arrive, and so did not refill."""
    clock = FakeClock()
    ours, theirs = RateLimiter(clock), AwsBuckets(read_profile("real").limits)
    burst = int(rate.burst)
    arrivals = []
    for number in range(3 * burst):
        ours.wait(rate.actions[0], "")
        arrivals.append(clock.now() + (LATE_S if number < burst else 0.0))
    assert all(theirs.take(rate.actions[0], "1", "o", arrival) for arrival in sorted(arrivals))
