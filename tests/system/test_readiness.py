"""A new account that AWS does not get ready for ten minutes: State, AssumeRole and the service are asked in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.model.errors import WaitError
from bootstrap.resources.account.readiness import wait_until_usable
from tests.aws.scripted import FakeClock, Scripted
from tests.system.conftest import write_small
from tests.system.organization import Organization

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

SPEED = 500.0
SLOW = "delays_s = { account_usable = [600, 600] }"


def outcomes(emulator: Emulator, action: str) -> set[str]:
    return {call.outcome for call in emulator.calls() if call.action == action}


@pytest.mark.parametrize(
    ("emulator", "endpoint"),
    [({"profile": SLOW, "speed": SPEED}, "newer"), ({"profile": f"paths = false\n{SLOW}", "speed": SPEED}, "older")],
    ids=["newer", "older"],
    indirect=["emulator"],
)
def test_an_account_is_asked_for_its_state_before_it_is_entered(
    tmp_path: Path, emulator: Emulator, endpoint: str
) -> None:
    """Whoever waits for ACTIVE is never turned away. An older endpoint tells no State, and the probes find out."""
    write_small(tmp_path)
    Organization(tmp_path, emulator.endpoint, SPEED).converge()
    refused = outcomes(emulator, "sts.AssumeRole"), outcomes(emulator, "cloudformation.ListStacks")
    turned_away = {"AccessDenied"}, {"OptInRequired"}
    assert [found & which for found, which in zip(refused, turned_away, strict=True)] == (
        [set(), set()] if endpoint == "newer" else [*turned_away]
    )
    asked = [call for call in emulator.calls() if call.action == "organizations.DescribeAccount"]
    assert len(asked) > 3
    assert asked[-1].at - asked[0].at > 300


@pytest.mark.parametrize("state", ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"])
def test_an_account_that_never_will_be_usable_is_told_at_once(state: str) -> None:
    clock = FakeClock()
    with (
        Scripted(DescribeAccount=[{"Account": {"State": "PENDING_ACTIVATION"}}, {"Account": {"State": state}}]) as aws,
        pytest.raises(WaitError, match=f"the account 111122223333 is {state}, and cannot be used") as caught,
    ):
        wait_until_usable(aws.aws(clock), "111122223333", dict, lambda _: None)
    assert "new e-mail" in caught.value.hint
    assert sum(clock.waits) == 5


def test_waiting_for_an_account_has_an_end_and_says_once_what_for() -> None:
    clock, said = FakeClock(), list[str]()
    with (
        Scripted(DescribeAccount=[{"Account": {"State": "PENDING_ACTIVATION"}}]) as aws,
        pytest.raises(WaitError, match="the account 111122223333 can be used did not end within 900 s"),
    ):
        wait_until_usable(aws.aws(clock), "111122223333", dict, said.append)
    assert sum(clock.waits) == 900
    assert said == ["waiting until the account can be used (PENDING_ACTIVATION)"]
