"""The AWS that the documents describe, at high speed: time goes by while a client waits."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap.sandbox import Sandbox, options
from bootstrap.sandbox.profile import AT_ONCE, read_profile
from tests.sandbox.conftest import Organization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.conftest import Aws

SPEED = 500
AN_HOUR_S = 3600 / SPEED


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(profile="real", speed=SPEED, seed=1) as running:
        yield running


def eventually(does: Callable[[], object]) -> None:
    """Whatever takes time on AWS is done within an hour."""
    before = time.monotonic()
    while time.monotonic() - before < AN_HOUR_S:
        try:
            if does():
                return
        except Exception as error:  # noqa: BLE001 (botocore makes the classes of its errors when it runs)
            refusal = error
    raise AssertionError(refusal)


def test_an_account_is_made_becomes_usable_and_is_closed_in_time(aws: Aws, organization: Organization) -> None:
    api = organization.api
    eventually(lambda: api.create_account(Email="a@example.org", AccountName="a"))
    eventually(lambda: len(api.list_accounts()["Accounts"]) == 2)
    account = api.list_accounts()["Accounts"][1]["Id"]
    eventually(lambda: api.describe_account(AccountId=account)["Account"]["State"] == "ACTIVE")
    eventually(lambda: aws("cloudformation", account).describe_stacks())
    api.close_account(AccountId=account)
    eventually(lambda: api.describe_account(AccountId=account)["Account"]["State"] == "CLOSED")


def seconds_to_create(sandbox: Sandbox, aws: Aws) -> list[int]:
    """How long one creation after the other takes, in whole seconds."""
    sandbox.reset()
    organization = Organization(aws)
    sandbox.skip(3600)
    taken = []
    for name in "abc":
        request = organization.api.create_account(Email=f"{name}@example.org", AccountName=name)
        taken.append(0)
        while organization.status(request["CreateAccountStatus"]["Id"])["State"] == "IN_PROGRESS":
            sandbox.skip(1)
            taken[-1] += 1
    return taken


def test_a_seed_gives_the_same_durations_again(sandbox: Sandbox, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock stands, but for being moved on by hand: then nothing may wait for it.
    monkeypatch.setattr(sandbox, "_speed", 0.001)
    monkeypatch.setattr(options.CURRENT, "profile", replace(read_profile("real"), latency=AT_ONCE, limits=()))
    first, again = seconds_to_create(sandbox, aws), seconds_to_create(sandbox, aws)
    monkeypatch.setattr(sandbox, "_seed", 2)
    assert first == again != seconds_to_create(sandbox, aws)
