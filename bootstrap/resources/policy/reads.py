"""The policies of an organization, and what they are attached to, as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from bootstrap.policy.types import GUARDRAIL_TYPES
from bootstrap.resources.organization.reads import enabled_types, organization

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """One policy, without its content. `targets` are the ids of the root, OUs and accounts that it is attached to."""

    id: str
    arn: str
    name: str
    type: str
    description: str
    aws_managed: bool
    targets: tuple[str, ...] = ()


def policies(inventory: Inventory) -> tuple[LivePolicy, ...]:
    """Every policy of the enabled types and the guardrail types, AWS's own included, without targets: 20 a page."""
    # A type that somebody disabled keeps its policies, attached to nothing; they can still be listed.
    # https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
    found = inventory.read(organization)
    guardrail_types = GUARDRAIL_TYPES if found and found["FeatureSet"] == "ALL" else frozenset[str]()
    return tuple(
        LivePolicy(
            id=policy["Id"],
            arn=policy["Arn"],
            name=policy["Name"],
            type=policy_type,
            description=policy.get("Description", ""),
            aws_managed=policy["AwsManaged"],
        )
        for policy_type in sorted(inventory.read(enabled_types) | guardrail_types)
        for policy in inventory.aws.pages("organizations.ListPolicies", "Policies", Filter=policy_type)
    )


def policies_with_targets(inventory: Inventory) -> tuple[LivePolicy, ...]:
    """The same with their targets: at least a page for each policy of an enabled type; others have none."""
    attachable = inventory.read(enabled_types)

    def read(policy: LivePolicy) -> LivePolicy:
        if policy.type not in attachable:
            return policy
        found = inventory.aws.pages("organizations.ListTargetsForPolicy", "Targets", PolicyId=policy.id)
        return replace(policy, targets=tuple(target["TargetId"] for target in found))

    return tuple(inventory.aws.each(read, inventory.read(policies)))


def content(inventory: Inventory, policy_id: str) -> str:
    """The text of a policy, exactly as it is stored."""
    answer = inventory.aws.call("organizations.DescribePolicy", PolicyId=policy_id)
    return cast("str", answer["Policy"]["Content"])
