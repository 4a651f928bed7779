"""The tool against an AWS that takes its time, as AWS does (profile `real`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.example import write_example
from bootstrap.sandbox import Sandbox
from tests.conftest import SEED
from tests.system.conftest import write_small
from tests.system.organization import Organization
from tests.system.test_crash import apply_and_die_after, apply_and_die_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPEED = 200.0
SLOW = 25.0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(profile="real", seed=SEED, speed=SPEED) as running:
        yield running


def test_the_example_is_made_in_one_run_and_nothing_is_left_to_do(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.reset()
    write_example(tmp_path)
    organization = Organization(tmp_path, sandbox.endpoint, SPEED, SEED)
    organization.converge()
    assert len(organization.accounts()) == 7


def test_no_account_stands_unguarded_for_longer_than_it_takes_to_see_and_to_move_it(
    tmp_path: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CreateAccount puts every account into the root: what guards it there is all there is until it is moved."""
    monkeypatch.setattr(sandbox, "_speed", SLOW)  # a busy machine's tenth of a second shall not be half a minute
    sandbox.reset()
    write_example(tmp_path)
    organization = Organization(tmp_path, sandbox.endpoint, SLOW, SEED)
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
    with capsys.disabled():
        print(f"\nunguarded for at most {max(unguarded):.1f} s (seed {SEED})")  # noqa: T201 (asked for)
    assert max(unguarded) < 20


@pytest.mark.parametrize(
    ("apply_and_die", "at_least"), [(apply_and_die_after, 13), (apply_and_die_waiting, 8)], ids=["write", "wait"]
)
def test_a_crash_after_any_write_or_in_any_wait_converges_on_the_next_run(
    tmp_path: Path, sandbox: Sandbox, apply_and_die: Callable[[Organization, int], bool], at_least: int
) -> None:
    write_small(tmp_path)
    small = Organization(tmp_path, sandbox.endpoint, SPEED, SEED)
    n, died = 0, True
    while died:
        n += 1
        sandbox.reset()
        died = apply_and_die(small, n)
        small.converge()
        assert sorted(small.accounts()) == ["developer-alice", "master", "tooling"], f"seed {SEED}, the {n}th"
        asked = [call for call in sandbox.calls() if call.action == "organizations.CreateAccount" and call.effect]
        assert len(asked) == 2, f"seed {SEED}, the {n}th"
    assert n > at_least
