"""The limits of AWS that the emulator enforces, each with its source, as read on 2026-11-23.

The tool has its own: an emulator that shared them could not catch a mistake in them.
"""

from __future__ import annotations

from typing import NamedTuple

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
OU_DEPTH = 5
TAGS_PER_RESOURCE = 50
CLOSINGS_IN_PROGRESS = 3


def closings_in_30_days(members: int) -> int:
    """API reference, CloseAccount: "the higher of either 250 or 20% of the member accounts", at most 1,000."""
    return min(max(250, members // 5), 1_000)


# API model of Organizations: MaxResults of every list operation is 1 to 20.
PAGE = 20

# ListStacks, DescribeStacks, ListStackResources and DescribeStackEvents take no size: AWS answers 100 items a page.
STACKS_PER_PAGE = 100

# API model of Organizations: CreateAccountRequest.Email; its documentation lists the rules.
EMAIL_LENGTH = range(6, 65)
ACCOUNT_NAME_LENGTH = 50  # CreateAccountName

# https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
TAGGED_RESOURCES_PER_PAGE = range(1, 101)


class PolicyLimits(NamedTuple):
    """The limits of Organizations for one policy type."""

    characters: int
    attached: int  # at most, to one root, OU or account
    always_attached: int = 0  # at least, likewise


# "Maximum and minimum values" of the limits page. It does not list the seven newest types: they have the limits of
# most management policies here.
POLICY_LIMITS = {
    "SERVICE_CONTROL_POLICY": PolicyLimits(10_240, 10, 1),
    "RESOURCE_CONTROL_POLICY": PolicyLimits(5_120, 5, 1),
    "DECLARATIVE_POLICY_EC2": PolicyLimits(10_000, 10),
    "BACKUP_POLICY": PolicyLimits(10_000, 10),
    "TAG_POLICY": PolicyLimits(10_000, 10),
    "CHATBOT_POLICY": PolicyLimits(10_000, 5),
    "AISERVICES_OPT_OUT_POLICY": PolicyLimits(2_500, 5),
    "SECURITYHUB_POLICY": PolicyLimits(10_000, 10),
    "SECURITYHUB_CSPM_POLICY": PolicyLimits(10_000, 10),
    "INSPECTOR_POLICY": PolicyLimits(10_000, 10),
    "UPGRADE_ROLLOUT_POLICY": PolicyLimits(10_000, 10),
    "BEDROCK_POLICY": PolicyLimits(10_000, 10),
    "S3_POLICY": PolicyLimits(10_000, 10),
    "NETWORK_SECURITY_DIRECTOR_POLICY": PolicyLimits(10_000, 10),
    "GUARDDUTY_POLICY": PolicyLimits(10_000, 10),
}
