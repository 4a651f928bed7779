"""The session in another account: had once, shared, and renewed when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.aws.api import Place
from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint
from bootstrap.model.errors import AwsError
from tests.aws.scripted import FakeClock

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

ENTER = "sts.AssumeRole"


@pytest.fixture
def place(small: Organization) -> Place:
    small.client("organizations").create_organization(FeatureSet="ALL")
    return Place(small.make_account("aws+a@example.com", "a"), "eu-west-1")


def test_a_session_that_has_run_out_is_renewed_and_the_call_made_again(
    small: Organization, emulator: Emulator, place: Place
) -> None:
    aws, signed = small.aws(), list[str]()

    def see(request: Any, **_: Any) -> None:
        signed.append(request.headers["X-Amz-Security-Token"])

    aws.on_event("before-send.cloudformation", see)
    expired = emulator.fail_next("cloudformation.ListStacks", fault="expired_token", skip=2)
    for _ in range(4):
        aws.call("cloudformation.ListStacks", at=place)
    assert expired.struck == 1
    assert aws.metrics.calls[ENTER] == len(set(signed)) == 2
    assert len(signed) == 5
    assert signed == sorted(signed, key=signed.index), "an old session is not used again"


def test_a_session_is_renewed_before_its_hour_is_over(emulator: Emulator, place: Place) -> None:
    clock = FakeClock()
    endpoint = Endpoint(emulator.endpoint)
    aws = AwsClient(endpoint, access_role="OrganizationAccountAccessRole", home_region="eu-west-1", clock=clock)
    for seconds, entered in ((0, 1), (2900, 1), (200, 2), (2900, 2)):
        clock.time += seconds
        aws.call("cloudformation.ListStacks", at=place)
        assert aws.metrics.calls[ENTER] == entered


def test_a_session_that_runs_out_again_and_again_is_given_up(emulator: Emulator, place: Place) -> None:
    clock = FakeClock()
    endpoint = Endpoint(emulator.endpoint)
    aws = AwsClient(endpoint, access_role="OrganizationAccountAccessRole", home_region="eu-west-1", clock=clock)
    emulator.fail_next("cloudformation.ListStacks", fault="expired_token", times=1000)
    with pytest.raises(AwsError, match="gave up after"):
        aws.call("cloudformation.ListStacks", at=place)
    assert sum(clock.waits) <= 600
