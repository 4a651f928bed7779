"""What AWS would refuse of a template, measured before anything is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bootstrap import facts
from bootstrap.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Account


def check_template(template: Mapping[str, Json], account: Account) -> list[Problem]:
    """Every limit that a template breaks, at the place of its account in the YAML."""
    file, _, line = account.origin.rpartition(":")
    return [
        Problem(
            file=file,
            line=int(line),
            column=1,
            message=f"account {account.key}: {what} has {size:,} {unit}; AWS takes at most {limit:,}",
            hint="The baseline grows with the account's secret entries: put several keys into one entry.",
        )
        for what, size, unit, limit in _measures(template)
        if size > limit
    ]


def minified(value: Json) -> str:
    """The shortest JSON of a value, always the same: the form that is sent and that sizes are measured in."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _measures(template: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    resources: Mapping[str, Any] = template["Resources"]
    yield "the baseline", len(minified(template).encode()), "bytes", facts.TEMPLATE_SIZE
    yield "the baseline", len(resources), "resources", facts.TEMPLATE_RESOURCES
    for name, resource in resources.items():
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::IAM::Role":
                yield from _role_measures(name, properties)
            case "AWS::IAM::ManagedPolicy":
                size = _size(properties["PolicyDocument"])
                yield f"the policy {name}", size, "characters", facts.MANAGED_POLICY_SIZE
        for tag in properties.get("Tags", ()):
            size = len(tag["Value"])
            yield f"the tag {tag['Key']} of {name}", size, "characters", facts.TAG_VALUE_MAX


def _role_measures(name: str, role: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    trust = _size(role["AssumeRolePolicyDocument"])
    yield f"the trust of {name}", trust, "characters", facts.TRUST_POLICY_SIZE
    inline = sum(_size(policy["PolicyDocument"]) for policy in role.get("Policies", ()))
    yield f"the sum of the inline policies of {name}", inline, "characters", facts.INLINE_POLICIES_SIZE


def _size(policy: Json) -> int:
    """Never less than what IAM will count: a function of CloudFormation is longer than what it stands for."""
    return len(minified(policy))
