"""A plan over a thousand accounts takes little longer than AWS's rates make it take. `bench` tells more sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.command import run
from bench.measure import RATIO_MAX, floor, measure, see_it_throttle
from bench.organization import make
from tests.system.test_calls import budget

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

ACCOUNTS = 1_000
POLICIES = 10
OUS = 2
# The faster AWS's time goes, the more the client's own work counts.
SPEED = 1.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Path:
    """The YAML of what the emulator holds."""
    path = tmp_path_factory.mktemp("bench")
    emulator.reset(seed=0)
    make(path, emulator, ACCOUNTS)
    return path


@pytest.mark.nightly  # a push counts the calls of 200 accounts (test_calls.py)
def test_a_plan_of_1000_accounts_makes_no_call_more_than_its_budget(folder: Path, emulator: Emulator) -> None:
    before = len(emulator.calls())
    run("plan", "--detailed-exitcode", "-C", folder, emulator=emulator)
    everything = ACCOUNTS + 1 + OUS + 1
    allowed = budget(ACCOUNTS + 1, OUS, POLICIES + 1, POLICIES, targets=everything)
    assert 100 < len(emulator.calls()) - before <= allowed


@pytest.mark.nightly  # a minute of AWS's time, on a machine that does nothing else
def test_a_plan_of_1000_accounts_takes_no_more_than_a_quarter_longer_than_the_buckets_allow(
    folder: Path, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):  # the best of a few: other work on the machine only ever adds
        cost = measure(folder, emulator, SPEED)
        if cost.ratio <= RATIO_MAX:
            break
    with capsys.disabled():
        print(f"\n{cost.reading_s:.1f} s, {cost.ratio:.2f} times the {cost.floor_s:.1f} s that the buckets allow")  # noqa: T201 (asked for)
    assert cost.ratio <= RATIO_MAX


def test_the_floor_is_that_of_the_slowest_bucket() -> None:
    """Those of one row of AWS's table share it: 5 a second, 8 at once. ListAccounts has 8 a second, 12 at once."""
    row = {"organizations.ListPolicies": 1, "organizations.ListTargetsForPolicy": 61}
    assert floor({**row, "organizations.ListAccounts": 51}) == pytest.approx((62 - 8) / 5)
    assert floor({**row, "organizations.ListAccounts": 112}) == pytest.approx((112 - 12) / 8)


def test_an_aws_that_throttles_nobody_is_not_measured(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    emulator.become("calm")
    make(tmp_path, emulator, 1)
    with pytest.raises(AssertionError, match="AWS answers within"):
        see_it_throttle(emulator, SPEED / 1000)  # a busy machine answers late, but not a thousand times later
    (tmp_path / "late.toml").write_text("latency_s = [0.02, 0.02]", "utf-8")
    emulator.become(str(tmp_path / "late.toml"))
    with pytest.raises(AssertionError, match="throttles nobody"):
        see_it_throttle(emulator, SPEED)
