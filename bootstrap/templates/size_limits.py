"""The size limits of CloudFormation and IAM, checked before anything is sent to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap import facts
from bootstrap.model.diff import canonical
from bootstrap.spec.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Account
    from bootstrap.templates.baseline import Baselines


def check_baselines(baselines: Baselines, accounts: Iterable[Account]) -> Iterator[Problem]:
    """Every limit that a baseline exceeds, once for each distinct template. Budgets are far below all limits."""
    same: dict[int, list[Account]] = {}
    for account in accounts:
        if account.environment:
            same.setdefault(id(baselines.baseline(account)), []).append(account)
    for equal in same.values():
        yield from check_template(baselines.baseline(equal[0]), equal)


def check_template(template: Mapping[str, Json], accounts: list[Account]) -> Iterator[Problem]:
    """Every limit that a template exceeds, at the place of its first account in the YAML."""
    first, others = accounts[0], len(accounts) - 1
    also = f" (and {others:,} more accounts)" if others else ""
    for what, size, measure, limit in _measures(template):
        if size > limit:
            message = f"account {first.key}{also}: {what} has {size:,} {measure}; AWS allows {limit:,}"
            hint = "the baseline grows with the account's secret entries: put several keys into one entry"
            yield problem_at(first.origin, message, hint)


def _measures(template: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    resources: Mapping[str, Any] = template["Resources"]
    yield "the baseline", len(canonical(template).encode()), "bytes", facts.TEMPLATE_SIZE
    yield "the baseline", len(resources), "resources", facts.TEMPLATE_RESOURCES
    for name, resource in resources.items():
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::IAM::Role":
                yield from _role_measures(name, properties)
            case "AWS::IAM::ManagedPolicy":
                size = _policy_size(properties["PolicyDocument"])
                yield f"the policy {name}", size, "characters", facts.MANAGED_POLICY_SIZE
        for tag in properties.get("Tags", ()):
            size = len(tag["Value"])
            yield f"the tag {tag['Key']} of {name}", size, "characters", facts.TAG_VALUE_MAX


def _role_measures(name: str, role: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    trust = _policy_size(role["AssumeRolePolicyDocument"])
    yield f"the trust policy of {name}", trust, "characters", facts.TRUST_POLICY_SIZE
    inline = sum(_policy_size(policy["PolicyDocument"]) for policy in role.get("Policies", ()))
    yield f"the sum of the inline policies of {name}", inline, "characters", facts.INLINE_POLICIES_SIZE


def _policy_size(policy: Json) -> int:
    """At least the size that IAM will count: a CloudFormation function is longer than its result."""
    return len(canonical(policy))
