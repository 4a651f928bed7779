"""An error that says that a quota is used up is raised at once, with the quota's number."""

from __future__ import annotations

import re

import pytest

from bootstrap.aws.limits import LIMITS
from bootstrap.model.errors import AwsError
from tests.aws.scripted import Error, FakeClock, Scripted

MOVE = {"AccountId": "111122223333", "SourceParentId": "r-abcd", "DestinationParentId": "ou-abcd-12345678"}


@pytest.mark.parametrize("reason", sorted(LIMITS))
def test_a_used_up_quota_is_raised_at_once_with_its_number(reason: str) -> None:
    clock = FakeClock()
    error = Error("ConstraintViolationException", reason)
    with Scripted(MoveAccount=[error]) as scripted, pytest.raises(AwsError) as caught:
        scripted.aws(clock).call("organizations.MoveAccount", **MOVE)
    assert re.search(rf"\({reason}\): as told \(AWS's limit: .*\d", str(caught.value))
    assert (len(scripted.asked), clock.waits) == (1, [])


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("OU_NUMBER_LIMIT_EXCEEDED", "2,000 OUs"),
        ("OU_DEPTH_LIMIT_EXCEEDED", "5 levels"),
        ("POLICY_CONTENT_LIMIT_EXCEEDED", "SERVICE_CONTROL_POLICY 10,240, RESOURCE_CONTROL_POLICY 5,120"),
        ("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "SERVICE_CONTROL_POLICY 10, RESOURCE_CONTROL_POLICY 5"),
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "250 accounts closed in 30 days, or 20% of the members"),
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "at most 1,000"),
    ],
)
def test_the_numbers_are_those_that_aws_publishes(reason: str, number: str) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html."""
    assert number in LIMITS[reason].number
