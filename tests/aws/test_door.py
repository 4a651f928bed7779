"""The door: what is tried again and for how long, pages, polling, and what must not overlap."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint
from bootstrap.aws.limits import LIMITS
from bootstrap.aws.rate_limit import RateLimiter
from bootstrap.aws.retry import Backoff
from bootstrap.model.errors import AwsError, WaitError
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
def test_what_passes_is_tried_again(clock: FakeClock, error: Error) -> None:
    """Of an action that may be called so often at once that nothing stands in line."""
    with Scripted(TagResource=[error, error, {}]) as scripted:
        aws = scripted.aws(clock)
        aws.call("organizations.TagResource", ResourceId="111122223333", Tags=[])
        assert len(scripted.asked) == aws.spent.calls["organizations.TagResource"] == 3
    first, second = clock.waits
    assert 0 <= first <= 0.5
    assert 0 <= second <= 1.0


@pytest.mark.parametrize(
    "error",
    [
        Error("ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"),
        Error("AccessDeniedException"),
        Error("SourceParentNotFoundException"),
        Error("ExpiredTokenException"),  # the caller's own, which is not ours to renew
    ],
)
def test_what_does_not_pass_is_told_at_once(clock: FakeClock, error: Error) -> None:
    with Scripted(MoveAccount=[error]) as scripted, pytest.raises(AwsError) as caught:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    assert (caught.value.code, caught.value.reason) == (error.code, error.reason)
    assert "organizations.MoveAccount" in str(caught.value)
    assert clock.waits == []
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("reason", sorted(LIMITS))
def test_a_limit_is_told_at_once_with_its_number(clock: FakeClock, reason: str) -> None:
    error = Error("ConstraintViolationException", reason)
    with Scripted(MoveAccount=[error]) as scripted, pytest.raises(AwsError) as caught:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    assert re.search(rf"\({reason}\): as told \(AWS's limit: .*\d", str(caught.value))
    assert (len(scripted.asked), clock.waits) == (1, [])


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("OU_NUMBER_LIMIT_EXCEEDED", "2,000 OUs"),
        ("OU_DEPTH_LIMIT_EXCEEDED", "5 levels"),
        ("POLICY_CONTENT_LIMIT_EXCEEDED", "SERVICE_CONTROL_POLICY 10,240, RESOURCE_CONTROL_POLICY 5,120"),
        ("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "SERVICE_CONTROL_POLICY 10, RESOURCE_CONTROL_POLICY 5"),
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "250 accounts closed in 30 days, or 20% of the members"),
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "1,000 at most"),
    ],
)
def test_the_numbers_are_those_that_aws_publishes(reason: str, number: str) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html."""
    assert number in LIMITS[reason].number


def test_trying_again_has_an_end(clock: FakeClock) -> None:
    began = clock.now()
    with Scripted(MoveAccount=[Error("ConcurrentModificationException")]) as scripted, pytest.raises(AwsError):
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    total = Backoff().total_s
    assert total - Backoff().longest_s <= clock.now() - began <= total
    assert max(clock.waits) <= Backoff().longest_s


def test_a_clock_that_leaps_is_not_the_end(clock: FakeClock) -> None:
    """A laptop sleeps while it waits for an answer: what breaks then is tried again, though an hour went by."""

    def sleep_for_an_hour(**_: object) -> None:
        clock.time += 3600.0

    with Scripted(ListRoots=[LOST, {"Roots": []}, LOST]) as scripted:
        aws = scripted.aws(clock)
        aws.on_event("before-call", sleep_for_an_hour)
        aws.call("organizations.ListRoots")
        with pytest.raises(AwsError, match="after 4 tries"):
            aws.call("organizations.ListRoots")


def test_a_long_line_is_no_failure() -> None:
    """Whoever stands in line for longer than a call is tried again has yet to be heard."""

    class InLine(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds if self.waits else 2 * Backoff().total_s)

    clock = InLine()
    busy = Error("ConcurrentModificationException")
    with Scripted(MoveAccount=[{}, {}, {}, *[busy] * 9, {}]) as scripted:
        aws = scripted.aws(clock)
        for _ in range(4):
            aws.call("organizations.MoveAccount", **MOVE)
        assert len(scripted.asked) == 13
    assert clock.waits[0] > Backoff().total_s


def test_what_may_take_an_hour_is_waited_for_that_long(clock: FakeClock) -> None:
    began = clock.now()
    error = Error("FinalizingOrganizationException")
    with Scripted(CreateAccount=[error]) as scripted, pytest.raises(AwsError, match="given up after") as caught:
        scripted.aws(clock).call("organizations.CreateAccount", Email="a@example.com", AccountName="a")
    assert 3600 < clock.now() - began <= 4500
    assert f"{len(scripted.asked)} tries" in str(caught.value)


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_is_asked_again(clock: FakeClock, status: int) -> None:
    with Scripted(MoveAccount=[Error("Anything", status=status), {}]) as scripted:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
        assert len(scripted.asked) == 2


def test_a_rate_is_kept_and_one_that_throttles_is_asked_less(clock: FakeClock) -> None:
    """MoveAccount: 2 a second, 3 at once."""
    with Scripted(MoveAccount=[{}]) as scripted:
        aws = scripted.aws(clock)
        began = clock.now()
        for _ in range(23):
            aws.call("organizations.MoveAccount", **MOVE)
        assert 10 <= clock.now() - began <= 11
        assert aws.spent.waited_s == pytest.approx(clock.now() - began)
    with Scripted(MoveAccount=[Error("TooManyRequestsException"), {}]) as scripted:
        aws = scripted.aws(clock)
        aws.call("organizations.MoveAccount", **MOVE)
        began = clock.now()
        for _ in range(20):
            aws.call("organizations.MoveAccount", **MOVE)
        assert clock.now() - began > 13
        assert (aws.spent.throttles["organizations.MoveAccount"], aws.spent.retries) == (1, 1)
        assert str(aws.spent) == "22 calls, 1 throttled, 1 tried again", "the time of an emulator is nobody's"


def test_what_there_was_none_of_is_left_out_of_what_a_run_has_cost() -> None:
    spent = AwsClient(Endpoint(), access_role="role", home_region="eu-west-1").spent
    spent.call("sts.GetCallerIdentity")
    before = spent.so_far
    assert str(before) == "1 call"
    spent.call("organizations.MoveAccount")
    spent.call("organizations.MoveAccount")
    spent.wait(65.2)
    assert str(spent) == "3 calls, its threads waited 65 s together"
    assert str(spent.so_far.since(before)) == "2 calls, its threads waited 65 s together"


def test_what_has_no_published_rate_is_called_less_once_it_is_throttled(clock: FakeClock) -> None:
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
        assert aws.spent.throttles["ssm.GetParameter"] == 2


def test_the_threads_of_a_run_share_a_bucket() -> None:
    """ListRoots: 1 a second, 2 at once. The clock stands, so that each thread waits for its own place in the line."""

    class Standing(FakeClock):
        def sleep(self, seconds: float) -> None:
            self.waits.append(seconds)

    clock = Standing()
    with Scripted(ListRoots=[{}]) as scripted:
        aws = scripted.aws(clock)
        aws.each(lambda _: aws.call("organizations.ListRoots"), range(16))
    places = [waited - before for before, waited in pairwise(sorted(clock.waits))]
    assert places == pytest.approx([1 / 0.95] * 14)


def test_the_buckets_of_two_accounts_know_nothing_of_each_other(clock: FakeClock) -> None:
    """MoveAccount: 2 a second, 3 at once."""
    buckets, one, other = RateLimiter(clock), "111122223333", "444455556666"
    action = "organizations.MoveAccount"
    assert [buckets.wait(action, one) > 0 for _ in range(4)] == [False, False, True, True]
    buckets.slow_down(action, one)
    assert [buckets.wait(action, other) > 0 for _ in range(4)] == [False, False, True, True]
    slowed, full = (sum(buckets.wait(action, account) for _ in range(10)) for account in (one, other))
    assert slowed > full * 1.3


def test_what_happened_by_a_call_whose_answer_was_lost_has_happened(clock: FakeClock) -> None:
    duplicate = Error("DuplicateOrganizationalUnitException")
    asked = {"done": duplicate.code, "ParentId": "r-abcd", "Name": "a"}
    with Scripted(CreateOrganizationalUnit=[LOST, duplicate]) as scripted:
        assert scripted.aws(clock).once("organizations.CreateOrganizationalUnit", **asked) is None
    with Scripted(CreateOrganizationalUnit=[duplicate]) as scripted, pytest.raises(AwsError):
        scripted.aws(clock).once("organizations.CreateOrganizationalUnit", **asked)


def test_nobody_there_is_told_before_long(clock: FakeClock) -> None:
    began = clock.now()
    with Scripted() as scripted:
        aws = scripted.aws(clock)
    with pytest.raises(AwsError, match="EndpointConnectionError"):
        aws.call("organizations.ListRoots")
    assert clock.now() - began <= 20


def test_an_empty_page_may_have_a_next_one(clock: FakeClock) -> None:
    """API reference, ListAccounts: "the NextToken response parameter value is null only when there are no more"."""
    pages = [
        {"Accounts": [{"Id": "1"}], "NextToken": "a"},
        {"Accounts": [], "NextToken": "b"},
        {"Accounts": [{"Id": "2"}]},
    ]
    with Scripted(ListAccounts=[*pages]) as scripted:
        found = list(scripted.aws(clock).pages("organizations.ListAccounts", "Accounts"))
    assert [account["Id"] for account in found] == ["1", "2"]
    assert [body.get("NextToken") for _, body in scripted.asked] == [None, "a", "b"]


def test_polling_waits_for_the_answer(clock: FakeClock) -> None:
    with Scripted() as scripted:
        answers = iter([None, None, "there"])
        found = scripted.aws(clock).until(lambda: next(answers), what="waiting", every_s=5, timeout_s=60)
    assert found == "there"
    assert clock.waits == [5, 5]


def test_polling_has_an_end_that_says_what_for_and_how_long(clock: FakeClock) -> None:
    with Scripted() as scripted, pytest.raises(WaitError, match="creating alice did not end within 60 s") as caught:
        scripted.aws(clock).until(lambda: None, what="creating alice", every_s=5, timeout_s=60)
    assert sum(clock.waits) <= 60
    assert "it goes on" in caught.value.hint


def test_writes_to_organizations_do_not_overlap(clock: FakeClock) -> None:
    """Organizations answers ConcurrentModificationException to writes that do."""
    with Scripted(MoveAccount=[{}]) as scripted:
        aws = scripted.aws(clock)
        with ThreadPoolExecutor(16) as threads:
            moves = [threads.submit(aws.call, "organizations.MoveAccount", **MOVE) for _ in range(60)]
        assert [move.result() is not None for move in moves] == [True] * 60
        assert len(scripted.asked) == 60
        assert scripted.most_at_once == 1
