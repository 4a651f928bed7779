"""The limits of Organizations for policies, as read on 2026-11-23.

The tool has its own: an emulator that shared them could not catch a mistake in them.
"""

from __future__ import annotations

from typing import NamedTuple


class PolicyLimits(NamedTuple):
    """The limits of Organizations for one policy type."""

    characters: int
    attached: int  # at most, to one root, OU or account
    always_attached: int = 0  # at least, likewise


# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, "Maximum and minimum values".
# It does not list the seven newest types: they have the limits of most management policies here.
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
