"""Which failures of a call are retried, and for how long."""

from __future__ import annotations

import pytest

from bootstrap.aws.retry import LONGEST_WAIT_S, TOTAL_S
from bootstrap.model.errors import AwsError
from tests.aws.scripted import LOST, Error, FakeClock, Scripted

MOVE = {"AccountId": "111122223333", "SourceParentId": "r-abcd", "DestinationParentId": "ou-abcd-12345678"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.mark.parametrize(
    "error",
    [
        Error("ConcurrentModificationException"),
        Error("FinalizingOrganizationException"),
        Error("PolicyChangesInProgressException"),
        Error("ConstraintViolationException", "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"),
        Error("ConstraintViolationException", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"),
    ],
)
def test_a_transient_error_is_retried(clock: FakeClock, error: Error) -> None:
    """TagResource has a burst so large that no call waits for its rate."""
    with Scripted(TagResource=[error, error, {}]) as scripted:
        aws = scripted.aws(clock)
        aws.call("organizations.TagResource", ResourceId="111122223333", Tags=[])
        assert len(scripted.asked) == aws.metrics.calls["organizations.TagResource"] == 3
    first, second = clock.waits
    assert 0 <= first <= 0.5
    assert 0 <= second <= 1.0


@pytest.mark.parametrize(
    "error",
    [
        Error("ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"),
        Error("AccessDeniedException"),
        Error("SourceParentNotFoundException"),
        Error("ExpiredTokenException"),  # of the caller's own session, which we cannot renew
    ],
)
def test_any_other_error_is_raised_at_once(clock: FakeClock, error: Error) -> None:
    with Scripted(MoveAccount=[error]) as scripted, pytest.raises(AwsError) as caught:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    assert (caught.value.code, caught.value.reason) == (error.code, error.reason)
    assert "organizations.MoveAccount" in str(caught.value)
    assert clock.waits == []
    assert len(scripted.asked) == 1


def test_retrying_ends(clock: FakeClock) -> None:
    began = clock.now()
    with Scripted(MoveAccount=[Error("ConcurrentModificationException")]) as scripted, pytest.raises(AwsError):
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    assert TOTAL_S - LONGEST_WAIT_S <= clock.now() - began <= TOTAL_S
    assert max(clock.waits) <= LONGEST_WAIT_S


def test_a_failure_after_the_clock_leaps_is_retried(clock: FakeClock) -> None:
    """A laptop sleeps for an hour while it waits for an answer."""

    def sleep_for_an_hour(**_: object) -> None:
        clock.time += 3600.0

    with Scripted(ListRoots=[LOST, {"Roots": []}, LOST]) as scripted:
        aws = scripted.aws(clock)
        aws.on_event("before-call", sleep_for_an_hour)
        aws.call("organizations.ListRoots")
        with pytest.raises(AwsError, match="after 4 attempts"):
            aws.call("organizations.ListRoots")


def test_a_wait_for_the_rate_limit_does_not_count_as_retrying() -> None:
    """A call may wait for its rate for longer than it may be retried."""

    class Waiting(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds if self.waits else 2 * TOTAL_S)

    clock = Waiting()
    busy = Error("ConcurrentModificationException")
    with Scripted(MoveAccount=[{}, {}, {}, *[busy] * 9, {}]) as scripted:
        aws = scripted.aws(clock)
        for _ in range(4):
            aws.call("organizations.MoveAccount", **MOVE)
        assert len(scripted.asked) == 13
    assert clock.waits[0] > TOTAL_S


def test_an_error_that_may_last_an_hour_is_retried_for_that_long(clock: FakeClock) -> None:
    began = clock.now()
    error = Error("FinalizingOrganizationException")
    with Scripted(CreateAccount=[error]) as scripted, pytest.raises(AwsError, match="gave up after") as caught:
        scripted.aws(clock).call("organizations.CreateAccount", Email="a@example.com", AccountName="a")
    assert 3600 < clock.now() - began <= 4500
    assert f"{len(scripted.asked)} attempts" in str(caught.value)


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_is_retried(clock: FakeClock, status: int) -> None:
    with Scripted(MoveAccount=[Error("Anything", status=status), {}]) as scripted:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
        assert len(scripted.asked) == 2


def test_an_endpoint_without_a_server_is_given_up_within_seconds(clock: FakeClock) -> None:
    began = clock.now()
    with Scripted() as scripted:
        aws = scripted.aws(clock)
    with pytest.raises(AwsError, match="EndpointConnectionError"):
        aws.call("organizations.ListRoots")
    assert clock.now() - began <= 20
