"""What AWS would refuse of the compiled policies, found before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.model.names import ROOT
from bootstrap.policy.grammar import faults
from bootstrap.policy.language import PolicyError, document
from bootstrap.policy.places import problem
from bootstrap.policy.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.facts import PolicyType
    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec


def check(spec: Spec, policies: Sequence[Policy]) -> list[Problem]:
    """Grammar, size, attachments and number of the policies, against AWS's limits."""
    stand_ins = StandIns(spec)
    return [
        *(found for policy in policies for found in _policy_problems(policy, stand_ins)),
        *_attachment_problems(spec, policies),
        *_count_problems(policies),
    ]


def size(policy: Policy, stand_ins: StandIns) -> int:
    """The characters that AWS counts: all of them, with ids in the place of references."""
    return len(document(stand_ins.filled(policy.statements)))


def _policy_problems(policy: Policy, stand_ins: StandIns) -> Iterator[Problem]:
    for fault in faults(policy.statements):
        yield problem(policy.origin, f"{policy.name}: {fault}")
    limit = facts.POLICY_TYPES[policy.type].size
    try:
        counted = size(policy, stand_ins)
    except PolicyError as error:
        yield problem(policy.origin, f"{policy.name}: {error.message}")
        return
    if counted > limit:
        yield problem(
            policy.origin,
            f"{policy.name} has {counted:,} of {limit:,} characters",
            hint="shorten its lists, or split it into two guardrails",
        )


def _attachment_problems(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    attached = Counter((target, policy.type) for policy in policies for target in policy.targets)
    for (target, name), count in sorted(attached.items()):
        kind = facts.POLICY_TYPES[name]
        # AWS attaches its default policy everywhere when the type is enabled, and counts it.
        total, limit = count + bool(kind.default), kind.max_attached
        if total > limit:
            yield problem(
                spec.origin("ou", target),
                f"{total} of {limit} {_words(kind)} on {target}{_counted(kind)}",
                hint=_way_out(target, total - limit),
            )


def _count_problems(policies: Sequence[Policy]) -> Iterator[Problem]:
    for name, count in sorted(Counter(policy.type for policy in policies).items()):
        kind = facts.POLICY_TYPES[name]
        if count > kind.per_organization:
            last = max((policy for policy in policies if policy.type == name), key=lambda policy: policy.name)
            message = f"{count:,} of {kind.per_organization:,} {_words(kind)} in the organization"
            yield problem(last.origin, message, hint="AWS raises no limit of policies: use fewer guardrails")


def _words(kind: PolicyType) -> str:
    """SERVICE_CONTROL_POLICY -> service control policies."""
    return kind.name.lower().replace("_", " ").removesuffix("y") + "ies"


def _counted(kind: PolicyType) -> str:
    return f" ({kind.default} counts)" if kind.default else ""


def _way_out(target: str, surplus: int) -> str:
    guardrails = f"{surplus} guardrail{'s' if surplus != 1 else ''}"
    return f"move {guardrails} to the OUs below" if target == ROOT else f"move {guardrails} to the OU above"
