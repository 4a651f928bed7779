"""The check against AWS's limits: characters of a policy, attachments of a target, policies of an organization."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bootstrap.model.names import ROOT
from bootstrap.policy import types
from bootstrap.policy.language import PolicyError
from bootstrap.policy.placeholder_ids import PlaceholderIds
from bootstrap.spec.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec


def check_limits(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    yield from _sizes(spec, policies)
    yield from _attachments(spec, policies)
    yield from _counts(policies)


def _sizes(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """AWS counts every character of the document that is sent, with ids in place of references."""
    ids = PlaceholderIds(spec)
    for policy in policies:
        policy_type = types.of(policy.type)
        try:
            size = len(policy_type.document(ids.fill_body(policy.body)))
        except PolicyError as error:
            yield problem_at(policy.origin, f"{policy.name}: {error.message}")
            continue
        limit = policy_type.limits.size
        if size > limit:
            message = f"{policy.name} has {size:,} characters; AWS allows {limit:,} in a {policy_type.noun}"
            yield problem_at(policy.origin, message, "shorten its lists, or split it into two guardrails")


def _attachments(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    attached = Counter((target, policy.type) for policy in policies for target in policy.targets)
    for (target, name), count in sorted(attached.items()):
        policy_type = types.of(name)
        default = policy_type.default_policy
        total, limit = count + bool(default), policy_type.limits.max_attached
        if total > limit:
            where = "the root" if target == ROOT else f"OU {target}"
            included = f", {default} included" if default else ""
            message = f"{total} {policy_type.plural} on {where}{included}; AWS allows {limit}"
            yield problem_at(spec.origin("ou", target), message, _fewer(target, total - limit))


def _counts(policies: Sequence[Policy]) -> Iterator[Problem]:
    for name, count in sorted(Counter(policy.type for policy in policies).items()):
        policy_type = types.of(name)
        limit = policy_type.limits.per_organization
        if count > limit:
            last = max((policy for policy in policies if policy.type == name), key=lambda policy: policy.name)
            message = f"{count:,} {policy_type.plural} in the organization; AWS allows {limit:,}"
            yield problem_at(last.origin, message, "use fewer guardrails: AWS does not raise this limit")


def _fewer(target: str, excess: int) -> str:
    guardrails = f"{excess} guardrail{'s' if excess != 1 else ''}"
    return f"move {guardrails} to the OUs below" if target == ROOT else f"move {guardrails} to the OU above"
