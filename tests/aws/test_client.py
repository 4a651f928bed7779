"""The client: pages, polling, calls that must not happen twice, writes that must not overlap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bootstrap.model.errors import AwsError, WaitError
from tests.aws.scripted import LOST, Error, FakeClock, Scripted

MOVE = {"AccountId": "111122223333", "SourceParentId": "r-abcd", "DestinationParentId": "ou-abcd-12345678"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_an_answer_is_what_aws_sent_and_no_more(clock: FakeClock) -> None:
    """botocore adds `ResponseMetadata`: the headers of every answer, which recorded answers would keep."""
    with Scripted(ListRoots=[{"Roots": []}]) as scripted:
        assert scripted.aws(clock).call("organizations.ListRoots") == {"Roots": []}


def test_a_call_that_must_not_happen_twice_has_happened_if_its_answer_was_lost(clock: FakeClock) -> None:
    duplicate = Error("DuplicateOrganizationalUnitException")
    asked = {"done": duplicate.code, "ParentId": "r-abcd", "Name": "a"}
    with Scripted(CreateOrganizationalUnit=[LOST, duplicate]) as scripted:
        assert scripted.aws(clock).once("organizations.CreateOrganizationalUnit", **asked) is None
    with Scripted(CreateOrganizationalUnit=[duplicate]) as scripted, pytest.raises(AwsError):
        scripted.aws(clock).once("organizations.CreateOrganizationalUnit", **asked)


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


def test_polling_ends_with_what_was_waited_for_and_how_long(clock: FakeClock) -> None:
    with Scripted() as scripted, pytest.raises(WaitError, match="creating alice did not end within 60 s") as caught:
        scripted.aws(clock).until(lambda: None, what="creating alice", every_s=5, timeout_s=60)
    assert sum(clock.waits) <= 60
    assert "it continues" in caught.value.hint


def test_writes_to_organizations_do_not_overlap(clock: FakeClock) -> None:
    """Organizations answers ConcurrentModificationException to writes that do."""
    with Scripted(MoveAccount=[{}]) as scripted:
        aws = scripted.aws(clock)
        with ThreadPoolExecutor(16) as threads:
            moves = [threads.submit(aws.call, "organizations.MoveAccount", **MOVE) for _ in range(60)]
        assert [move.result() is not None for move in moves] == [True] * 60
        assert len(scripted.asked) == 60
        assert scripted.most_at_once == 1
