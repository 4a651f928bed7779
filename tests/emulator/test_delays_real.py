"""The profile real at high speed: operations end while a client waits."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap.emulator import Emulator, options
from bootstrap.emulator.profile import AT_ONCE, read_profile
from tests.emulator.conftest import Organization

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Aws

SPEED = 500
AN_HOUR_S = 3600 / SPEED
pytestmark = pytest.mark.emulator(profile="real", speed=SPEED, seed=1)


def eventually(does: Callable[[], object]) -> None:
    """Retry until it succeeds, for an hour at most."""
    before = time.monotonic()
    while time.monotonic() - before < AN_HOUR_S:
        try:
            if does():
                return
        except Exception as error:  # noqa: BLE001 (botocore makes the classes of its errors when it runs)
            blocker = error
    raise AssertionError(blocker)


def test_an_account_is_made_becomes_usable_and_is_closed_in_time(aws: Aws, organization: Organization) -> None:
    api = organization.api
    eventually(lambda: api.create_account(Email="a@example.org", AccountName="a"))
    eventually(lambda: len(api.list_accounts()["Accounts"]) == 2)
    account = api.list_accounts()["Accounts"][1]["Id"]
    eventually(lambda: api.describe_account(AccountId=account)["Account"]["State"] == "ACTIVE")
    eventually(lambda: aws("cloudformation", account).describe_stacks())
    api.close_account(AccountId=account)
    eventually(lambda: api.describe_account(AccountId=account)["Account"]["State"] == "CLOSED")


def seconds_to_create(emulator: Emulator, aws: Aws) -> list[int]:
    """The durations of creations in whole seconds."""
    emulator.reset()
    organization = Organization(aws)
    emulator.advance(3600)
    taken = []
    for name in "abc":
        request = organization.api.create_account(Email=f"{name}@example.org", AccountName=name)
        taken.append(0)
        while organization.status(request["CreateAccountStatus"]["Id"])["State"] == "IN_PROGRESS":
            emulator.advance(1)
            taken[-1] += 1
    return taken


def test_a_seed_gives_the_same_durations_again(emulator: Emulator, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only this test moves the clock, so nothing may wait for it.
    monkeypatch.setattr(emulator, "_speed", 0.001)
    monkeypatch.setattr(options.CURRENT, "profile", replace(read_profile("real"), latency=AT_ONCE, limits=()))
    first, again = seconds_to_create(emulator, aws), seconds_to_create(emulator, aws)
    monkeypatch.setattr(emulator, "_seed", 2)
    assert first == again != seconds_to_create(emulator, aws)
