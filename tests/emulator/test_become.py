"""Emulator.become: another profile, with the same state."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from bootstrap.emulator import Emulator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator.conftest import Aws, Organization

SLOW = 0.2


@pytest.fixture(autouse=True)
def _calm(emulator: Emulator, _empty: None) -> None:
    emulator.become("calm", speed=1, seed=0)


def outcomes(emulator: Emulator, organization: Organization, times: int) -> list[str]:
    """The outcomes of so many calls in a row."""
    before = len(emulator.calls())
    for _ in range(times):
        try:
            organization.api.list_roots()
        except ClientError:
            continue
    return [call.outcome for call in emulator.calls()[before:]]


def test_a_burst_is_throttled_after_a_switch_from_calm_to_real(emulator: Emulator, organization: Organization) -> None:
    assert outcomes(emulator, organization, 15) == ["ok"] * 15
    emulator.become("real", speed=SLOW)
    assert outcomes(emulator, organization, 15) == ["ok"] * 2 + ["throttled"] * 13
    emulator.become("calm", speed=1)
    assert outcomes(emulator, organization, 15) == ["ok"] * 15


def test_each_call_has_the_latency_of_the_new_profile(emulator: Emulator, aws: Aws) -> None:
    emulator.become("real", speed=SLOW)
    for _ in range(3):
        began = time.monotonic()
        aws("iam").list_users()
        assert time.monotonic() - began >= 0.02 / SLOW


def test_a_switch_keeps_the_state(emulator: Emulator, organization: Organization) -> None:
    alice = organization.account("alice")
    emulator.become("real", speed=100)
    assert alice in [account["Id"] for account in organization.api.list_accounts()["Accounts"]]


def test_the_clock_and_the_record_continue_at_the_new_speed(emulator: Emulator, aws: Aws) -> None:
    emulator.advance(1000)
    for speed in (1000, None):  # None keeps the speed
        aws("iam").list_users()
        emulator.become("calm", speed=speed)
        time.sleep(0.1)
    aws("iam").list_users()
    first, second, third = (call.at for call in emulator.calls())
    assert 1000 <= first < second - 100 < third - 200


def test_an_operation_in_progress_keeps_its_end(emulator: Emulator, organization: Organization) -> None:
    emulator.become("real", speed=SLOW)
    made = organization.api.create_account(Email="alice@example.org", AccountName="alice")["CreateAccountStatus"]
    emulator.become("calm")
    assert organization.status(made["Id"])["State"] == "IN_PROGRESS"
    assert organization.status(made["Id"])["State"] == "IN_PROGRESS"
    emulator.advance(60)
    assert organization.status(made["Id"])["State"] == "SUCCEEDED"


def test_a_call_in_flight_arrives_after_the_switch(emulator: Emulator, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "late.toml").write_text("latency_s = [0.5, 0.5]", "utf-8")
    iam = aws("iam")
    emulator.become(str(tmp_path / "late.toml"))
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(iam.create_user, UserName="late")
        time.sleep(0.1)
        emulator.become("calm")
        assert iam.list_users()["Users"] == []
        assert late.exception() is None
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["late"]


def test_only_a_new_seed_restarts_the_randomness(
    emulator: Emulator, organization: Organization, tmp_path: Path
) -> None:
    (tmp_path / "coin.toml").write_text("[faults]\nserver_error = 0.5", "utf-8")
    seen = []
    for seed in (1, 1, 2, None):
        emulator.become(str(tmp_path / "coin.toml"), seed=seed)
        seen.append(tuple(outcomes(emulator, organization, 30)))
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_planned_faults_stay_planned(emulator: Emulator, organization: Organization) -> None:
    asked = emulator.fail_next("organizations.ListRoots", fault="server_error")
    emulator.become("real")
    assert outcomes(emulator, organization, 2) == ["server_error", "ok"]
    assert asked.struck == 1


def test_a_reset_empties_the_aws_and_keeps_the_profile(emulator: Emulator, aws: Aws) -> None:
    aws("iam").create_user(UserName="somebody")
    emulator.become("real", speed=SLOW, seed=1)
    emulator.reset()
    began = time.monotonic()
    assert aws("iam").list_users()["Users"] == []
    assert time.monotonic() - began >= 0.02 / SLOW


def test_the_variables_have_the_speed_of_a_profile_with_delays(emulator: Emulator) -> None:
    assert "ORG_BOOTSTRAP_SPEED" not in emulator.variables()
    emulator.become("real", speed=7)
    assert emulator.variables()["ORG_BOOTSTRAP_SPEED"] == "7"


def test_an_unknown_profile_is_an_error_and_changes_nothing(emulator: Emulator, organization: Organization) -> None:
    with pytest.raises(ValueError, match="tornado"):
        emulator.become("tornado", speed=7, seed=7)
    assert outcomes(emulator, organization, 15) == ["ok"] * 15
    with pytest.raises(RuntimeError, match="not running"):
        Emulator().become("real")


def test_failures_of_the_new_profile_come_after_planned_ones(
    emulator: Emulator, organization: Organization, tmp_path: Path
) -> None:
    (tmp_path / "asked.toml").write_text('account_failures = [{ reason = "INVALID_ADDRESS" }]\npaths = false', "utf-8")
    emulator.fail_account("INTERNAL_FAILURE")
    emulator.become(str(tmp_path / "asked.toml"))
    ended = []
    for _ in range(3):
        asked = organization.api.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]["Id"]
        while (status := organization.status(asked))["State"] == "IN_PROGRESS":
            pass
        ended.append(status.get("FailureReason", status["State"]))
    assert ended == ["INTERNAL_FAILURE", "INVALID_ADDRESS", "SUCCEEDED"]
    assert not any("State" in account for account in organization.api.list_accounts()["Accounts"])
