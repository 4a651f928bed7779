"""The check that no guardrail shuts the organization itself out of an account."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bootstrap.model import names
from bootstrap.policy.evaluate import FULL_ACCESS, Document, decide
from bootstrap.policy.grammar import faults
from bootstrap.policy.language import PolicyError
from bootstrap.policy.places import problem
from bootstrap.policy.stand_ins import StandIns
from bootstrap.policy.steps import steps
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec


def locked_out(spec: Spec, policies: Sequence[Policy]) -> list[Problem]:
    """What the organization's roles must do in the accounts with a baseline, and would no longer be let to."""
    stand_ins = StandIns(spec)
    attached = _attached(policies, stand_ins)
    denied: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for ou in sorted(
        {account.ou for account in spec.accounts.values() if account.environment and account.state == "open"}
    ):
        levels = [[FULL_ACCESS, *attached.get(level, [])] for level in _levels(ou)]
        for step in steps(spec.organization, stand_ins):
            decision = decide(levels, step.call)
            if not decision.allowed:
                denied[decision.policy, decision.statement, step.role].append(f"{step.call.action} in {ou}")
    by_name = {policy.name: policy for policy in policies}
    return [
        problem(
            by_name[policy].origin,
            f"{policy}: {statement} keeps {role} from {', '.join(dict.fromkeys(calls))}",
            hint=f"add arn:aws:iam::*:role/{role} to the guardrail's exempt_principals",
        )
        for (policy, statement, role), calls in sorted(denied.items())
    ]


def _attached(policies: Sequence[Policy], stand_ins: StandIns) -> Mapping[str, list[Document]]:
    """The policies on each OU, without those that mean nothing: what is wrong with them is for `check` to say."""
    attached: dict[str, list[Document]] = defaultdict(list)
    for policy in policies:
        if any(faults(policy.statements)):
            continue
        try:
            read = Document.read(policy.name, stand_ins.filled(policy.statements))
        except PolicyError:
            continue
        for target in policy.targets:
            attached[target].append(read)
    return attached


def _levels(ou: str) -> list[str]:
    """The OU and everything above it, the root first."""
    return [names.ROOT] if ou == names.ROOT else [*_levels(parent_path(ou)), ou]
