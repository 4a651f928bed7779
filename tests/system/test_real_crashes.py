"""Runs that die while AWS takes its time, as AWS does (profile `real`): the next one converges, and nothing is lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SEED
from tests.system.conftest import write_small
from tests.system.deaths import apply_and_die_after, apply_and_die_retrying, apply_and_die_waiting
from tests.system.guards import Guards
from tests.system.organization import Organization
from tests.system.tags import tags_of
from tests.system.test_crash import FILE, change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.emulator import Emulator

    Killer = Callable[[Organization, int], bool]

SPEED = 200.0
# A push tries each write on an AWS that answers at once (test_crash.py).
NIGHTLY = partial(pytest.param, marks=pytest.mark.nightly)
ACCOUNTS = ["developer-alice", "master", "tooling"]
pytestmark = pytest.mark.emulator(profile="real", seed=SEED, speed=SPEED)


@pytest.fixture
def small(tmp_path: Path, emulator: Emulator) -> Organization:
    """One developer and one shared account, made by runs that nothing happened to."""
    emulator.reset()
    write_small(tmp_path)
    organization = Organization(tmp_path, emulator.endpoint, SPEED, SEED)
    organization.converge()
    return organization


@pytest.mark.long
@pytest.mark.parametrize(
    ("apply_and_die", "at_least"),
    [NIGHTLY(apply_and_die_after, 13), (apply_and_die_waiting, 8), (apply_and_die_retrying, 1)],
    ids=["after a write", "in a wait", "between two tries"],
)
def test_whenever_a_run_dies_the_next_makes_no_account_twice_and_loses_no_tag_and_no_guardrail(
    small: Organization, emulator: Emulator, apply_and_die: Killer, at_least: int
) -> None:
    tags = tags_of(small)
    assert {"developer-alice", "tooling", "Workloads/Developers", "region.limit"} <= tags.keys()
    n, died = 0, True
    while died:
        n += 1
        emulator.reset()
        guards = Guards(small)
        small.watch = guards.watch
        if apply_and_die is apply_and_die_retrying:
            # A slow machine calls CreateAccount only after FinalizingOrganizationException, which causes a retry too.
            emulator.fail_next("organizations.CreateAccount", "server_error")
        died = apply_and_die(small, n)
        small.converge()
        assert sorted(small.accounts()) == ACCOUNTS, f"the {n}th"
        asked = [call for call in emulator.calls() if call.action == "organizations.CreateAccount" and call.effect]
        assert len(asked) == 2, f"the {n}th"
        assert tags_of(small) == tags, f"the {n}th"
        assert guards.missing == [], f"the {n}th"
        assert guards.moved, f"the {n}th"
    assert n > at_least


@pytest.mark.long
@pytest.mark.parametrize(
    ("apply_and_die", "at_least"),
    [NIGHTLY(apply_and_die_after, 10), (apply_and_die_waiting, 3)],
    ids=["after a write", "in a wait"],
)
def test_whenever_a_change_dies_the_next_run_ends_it(small: Organization, apply_and_die: Killer, at_least: int) -> None:
    """There and back again, dying of a later one each time."""
    home = (small.directory / FILE).read_text("utf-8")
    tags = {home: tags_of(small)}
    change(small)
    away = (small.directory / FILE).read_text("utf-8")
    small.converge(*small.leaving())
    tags[away] = tags_of(small)
    assert tags[away] != tags[home]
    n, alive = 0, 0
    while alive < 2:  # once there and once back
        n += 1
        text = home if n % 2 else away
        small.write(FILE, text)
        guards = Guards(small)
        small.watch = guards.watch
        alive = 0 if apply_and_die(small, n) else alive + 1
        aws = small.aws()
        small.finish(small.plan_leaving(aws), aws)
        assert sorted(small.accounts()) == ACCOUNTS, f"the {n}th"
        assert tags_of(small) == tags[text], f"the {n}th"
        assert guards.missing == [], f"the {n}th"
        assert guards.moved, f"the {n}th"
    assert n > at_least
