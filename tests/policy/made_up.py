"""Policies that tests make up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.policy.compile import Policy
from bootstrap.policy.types import by_sid

if TYPE_CHECKING:
    from collections.abc import Mapping

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
DENY = {"Sid": "S", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def policy(
    name: str = "p", *statements: Mapping[str, Any], targets: tuple[str, ...] = ("Root",), policy_type: str = SCP
) -> Policy:
    body = by_sid(statements or (DENY,))
    return Policy(name, policy_type, "A test.", name, f"scps/{name}.yaml:3", body, targets)
