"""One run writes at a time, and the other is told who."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap import workflow
from bootstrap.aws.lock import Holder, LockWait, holder, locked, release
from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.model.errors import BlockedError, LockError
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from bootstrap.aws.client import AwsClient
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

SINCE = "2026-11-23T12:00:00Z"
NAME = "/org-bootstrap/lock"


def writer(organization: Organization) -> AwsClient:
    aws = organization.aws()
    aws.allow_writes()
    return aws


def test_a_second_run_is_refused_and_told_who_holds_the_lock_since_when(small: Organization) -> None:
    with locked(writer(small), small.aws(), "arn:aws:iam::123456789012:user/alice on ci-1", lambda: SINCE):
        with (
            pytest.raises(LockError, match=f"arn:aws:iam::123456789012:user/alice on ci-1 since {SINCE}") as refused,
            locked(writer(small), small.aws(), "bob", lambda: SINCE),
        ):
            pass
        assert isinstance(refused.value, BlockedError)
        assert "org-bootstrap unlock" in refused.value.hint
        assert small.client("ssm").get_parameter(Name=NAME)["Parameter"]["Version"] == 1
    assert holder(writer(small)) is None


def test_a_lock_is_taken_though_the_answer_is_lost(small: Organization, emulator: Emulator) -> None:
    lost = emulator.fail_next("ssm.PutParameter", fault="reset_after")
    with locked(writer(small), small.aws(), "alice", lambda: SINCE):
        assert lost.struck == 1
        held = holder(writer(small))
        assert held
        assert str(held) == f"alice since {SINCE}"
        with pytest.raises(LockError), locked(writer(small), small.aws(), "alice", lambda: SINCE):
            pass
    assert holder(writer(small)) is None


def test_the_lock_goes_with_a_run_that_fails(small: Organization) -> None:
    with pytest.raises(ZeroDivisionError), locked(writer(small), small.aws(), "alice", lambda: SINCE):
        raise ZeroDivisionError
    assert holder(writer(small)) is None


def test_a_waiting_run_is_told_whom_it_waits_for_and_takes_the_lock_once_it_is_free(
    small: Organization, emulator: Emulator
) -> None:
    told: list[str] = []

    def tell(other: Holder) -> None:
        told.append(str(other))
        release(writer(small))

    with locked(writer(small), small.aws(), "alice", lambda: SINCE):
        with locked(writer(small), small.aws(), "bob", lambda: "now", LockWait(100_000, tell)):
            held = holder(writer(small))
        asked = [call for call in emulator.calls() if call.action == "ssm.PutParameter"]
    assert told == [f"alice since {SINCE}"]
    assert held
    assert str(held) == "bob since now"
    assert len(asked) == 3


def test_waiting_for_the_lock_ends(small: Organization) -> None:
    told: list[str] = []
    aws = writer(small)
    with locked(writer(small), small.aws(), "alice", lambda: SINCE):
        began = aws.now()
        with (
            pytest.raises(LockError, match="another run holds the lock: alice"),
            locked(aws, small.aws(), "bob", lambda: SINCE, LockWait(60, lambda one: told.append(one.who))),
        ):
            pass
        assert aws.now() - began >= 50
    assert told == ["alice"]


@pytest.mark.parametrize("text", ["hello", "[]", '{"who": "alice"}', "7"])
def test_a_lock_that_we_did_not_write_is_held_by_somebody_unknown(small: Organization, text: str) -> None:
    small.client("ssm").put_parameter(Name=NAME, Value=text, Type="String")
    with (
        pytest.raises(LockError, match="another run holds the lock: somebody unknown since 20") as refused,
        locked(writer(small), small.aws(), "alice", lambda: SINCE),
    ):
        pass
    assert "org-bootstrap unlock" in refused.value.hint
    release(writer(small))
    assert holder(writer(small)) is None


def test_a_run_that_loses_its_lock_writes_no_more_and_takes_nobody_elses_away(small: Organization) -> None:
    ssm, aws = small.client("ssm"), small.aws()
    writes_after: list[str] = []
    with locked(writer(small), aws, "alice", lambda: SINCE):
        planned = small.plan(aws=aws)
        theirs = '{"who": "bob", "since": "then", "run": "2"}'
        ssm.put_parameter(Name=NAME, Value=theirs, Type="String", Overwrite=True)
        aws.before_writes(lambda: writes_after.append("write"))
        wait_for_the_next_check(aws)
        report = workflow.apply(planned, KINDS, aws)
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    assert failed
    assert all(isinstance(outcome.error, LockError) for outcome in failed)
    assert "bob since then" in str(failed[0].error)
    assert not [outcome for outcome in report.outcomes if isinstance(outcome, Done)]
    assert [outcome for outcome in report.outcomes if isinstance(outcome, Skipped)]
    assert writes_after == []
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] == theirs
    assert [account["Name"] for account in accounts(small)] == []


def wait_for_the_next_check(aws: AwsClient) -> None:
    """Until the next write checks again whether the run still holds the lock."""
    began = aws.now()
    aws.until(lambda: aws.now() > began + 25 or None, what="the next check of the lock", every_s=5, timeout_s=90)


def accounts(organization: Organization) -> list[dict[str, str]]:
    api = organization.client("organizations")
    try:
        found: list[dict[str, str]] = api.list_accounts()["Accounts"]
    except api.exceptions.AWSOrganizationsNotInUseException:
        return []
    return found
