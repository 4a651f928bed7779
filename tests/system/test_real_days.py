"""The tool against an AWS that takes its time, as AWS does (profile `real`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.workflow.example import write_example
from tests.conftest import SEED
from tests.system.conftest import write_small
from tests.system.deaths import Dying, apply_and_die
from tests.system.organization import Organization

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.aws.client import AwsClient
    from bootstrap.emulator import Emulator

    Measured = Callable[[str, object], None]

SPEED = 200.0
SLOW = 25.0
pytestmark = pytest.mark.emulator(profile="real", seed=SEED, speed=SPEED)


def test_the_example_is_made_in_one_run_and_nothing_is_left_to_do(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    write_example(tmp_path)
    organization = Organization(tmp_path, emulator.endpoint, SPEED, SEED)
    organization.converge()
    assert len(organization.accounts()) == 7


def test_no_account_stands_unguarded_for_longer_than_it_takes_to_see_and_to_move_it(
    tmp_path: Path, emulator: Emulator, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CreateAccount puts every account into the root: what guards it there is all there is until it is moved."""
    monkeypatch.setattr(emulator, "_speed", SLOW)  # a busy machine's tenth of a second shall not be half a minute
    emulator.reset()
    write_example(tmp_path)
    organization = Organization(tmp_path, emulator.endpoint, SLOW, SEED)
    aws = organization.aws()
    unmade: dict[str, float] = {}
    """When each request was last seen in progress, and once it has succeeded the same by account."""
    unguarded: list[float] = []

    def see(parsed: Any, **_: Any) -> None:
        if "CreateAccountStatus" not in parsed:  # the young organization is not ready
            return
        status = parsed["CreateAccountStatus"]
        seen = aws.now() if status["State"] == "IN_PROGRESS" else unmade[status["Id"]]
        unmade[status.get("AccountId", status["Id"])] = seen

    def move(params: Any, **_: Any) -> None:
        unguarded.append(aws.now() - unmade[json.loads(params["body"])["AccountId"]])

    aws.on_event("after-call.organizations.CreateAccount", see)
    aws.on_event("after-call.organizations.DescribeCreateAccountStatus", see)
    aws.on_event("before-call.organizations.MoveAccount", move)
    assert organization.apply(aws=aws).complete
    assert len(unguarded) == 6
    record_property("measured", f"{max(unguarded):.1f} s at most, of six accounts")
    assert max(unguarded) < 20


def test_after_a_crash_an_account_is_moved_to_its_guardrails_as_soon_as_the_next_run_has_looked(
    tmp_path: Path, emulator: Emulator, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment to die at: AWS has just said that it made the account."""
    monkeypatch.setattr(emulator, "_speed", SLOW)
    emulator.reset()
    write_small(tmp_path)
    small = Organization(tmp_path, emulator.endpoint, SLOW, SEED)
    assert apply_and_die(small, lambda aws: DiesOf(aws, "developer-alice"))
    died = len(emulator.calls())
    small.converge()
    calls = emulator.calls()
    assert calls[died - 1].action == "organizations.DescribeCreateAccountStatus"
    assert "organizations.MoveAccount" not in {call.action for call in calls[:died]}
    moved = next(call for call in calls[died:] if call.action == "organizations.MoveAccount" and call.effect)
    outside = moved.at - calls[died - 1].at
    record_property("measured", f"{outside:.1f} s, with the next run begun at once")
    assert outside < 60


class DiesOf(Dying):
    """As soon as AWS says that this account exists."""

    def __init__(self, aws: AwsClient, name: str) -> None:
        super().__init__(aws, 1)
        self._name = name
        aws.on_event("after-call.organizations.DescribeCreateAccountStatus", self.see)

    def see(self, parsed: Any, **_: Any) -> None:
        status = parsed["CreateAccountStatus"]
        if (status["AccountName"], status["State"]) == (self._name, "SUCCEEDED"):
            self.die()
