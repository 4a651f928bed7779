"""The policies of an organization, and what they are attached to, as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bootstrap.policy.types import GUARDRAIL_TYPES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bootstrap.aws.api import AwsApi

OF_GUARDRAILS: Final = GUARDRAIL_TYPES
"""The policy types that a guardrail can have."""


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """One policy, without its content. `targets` are the ids of roots, units and accounts it is attached to."""

    id: str
    arn: str
    name: str
    type: str
    description: str
    aws_managed: bool
    targets: tuple[str, ...] = ()


def read_policies(aws: AwsApi, types: Iterable[str]) -> tuple[LivePolicy, ...]:
    """Every policy of these types, without its targets, 20 a page."""
    return tuple(
        LivePolicy(
            id=policy["Id"],
            arn=policy["Arn"],
            name=policy["Name"],
            type=name,
            description=policy.get("Description", ""),
            aws_managed=policy["AwsManaged"],
        )
        for name in sorted(types)
        for policy in aws.pages("organizations.ListPolicies", "Policies", Filter=name)
    )


def with_targets(aws: AwsApi, policies: Collection[LivePolicy], attachable: Collection[str]) -> tuple[LivePolicy, ...]:
    """The same with their targets, a page or more for each; only those of the types that are attachable have any."""

    def read(policy: LivePolicy) -> LivePolicy:
        if policy.type not in attachable:
            return policy
        found = aws.pages("organizations.ListTargetsForPolicy", "Targets", PolicyId=policy.id)
        return replace(policy, targets=tuple(target["TargetId"] for target in found))

    return tuple(aws.each(read, policies))
