"""The check that no guardrail shuts the organization itself out of an account."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from bootstrap import names
from bootstrap.policy.calls import call
from bootstrap.policy.evaluate import FULL_ACCESS, Call, Document, decide
from bootstrap.policy.grammar import faults
from bootstrap.policy.language import PolicyError
from bootstrap.policy.places import problem
from bootstrap.policy.stand_ins import StandIns
from bootstrap.spec.models import Request
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec

_ACCOUNT: Final = "111122223333"
_BASELINE: Final = (
    ("iam:CreateRole", f"arn:aws:iam::{_ACCOUNT}:role/{names.DEPLOY_ROLE}"),
    ("iam:PutRolePolicy", f"arn:aws:iam::{_ACCOUNT}:role/{names.EXECUTION_ROLE}"),
    ("iam:CreatePolicy", f"arn:aws:iam::{_ACCOUNT}:policy/{names.BOUNDARY}"),
    ("budgets:ModifyBudget", f"arn:aws:budgets::{_ACCOUNT}:budget/{names.BUDGET}"),
    ("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:{{region}}:{_ACCOUNT}:secret:application/entry"),
    (
        "secretsmanager:UpdateSecret",
        f"arn:aws:secretsmanager:{{region}}:{_ACCOUNT}:secret:application/entry-AbCdEf",
    ),
)
_STACKSET: Final = f"arn:aws:cloudformation:{{region}}:{_ACCOUNT}:stack/StackSet-{names.BASELINE_STACK}-0a1b/2c3d"
_PLAIN_STACK: Final = f"arn:aws:cloudformation:{{region}}:{_ACCOUNT}:stack/{names.BASELINE_STACK}/2c3d"
_APPLICATION: Final = f"arn:aws:cloudformation:{{region}}:{_ACCOUNT}:stack/application/2c3d"


def locked_out(spec: Spec, policies: Sequence[Policy]) -> list[Problem]:
    """What the organization's roles must do in every account and would no longer be let to."""
    stand_ins = StandIns(spec)
    attached = _attached(policies, stand_ins)
    denied: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for unit in sorted({account.unit for account in spec.accounts.values() if account.state == "open"}):
        levels = [[FULL_ACCESS, *attached.get(level, [])] for level in _levels(unit)]
        for role, asked in _steps(spec, stand_ins):
            decision = decide(levels, asked)
            if not decision.allowed:
                denied[decision.policy, decision.statement, role].append(f"{asked.action} in {unit}")
    by_name = {policy.name: policy for policy in policies}
    return [
        problem(
            by_name[policy].origin,
            f"{policy}: {statement} keeps {role} from {', '.join(dict.fromkeys(steps))}",
            hint=f"add arn:aws:iam::*:role/{role} to the guardrail's exempt_principals",
        )
        for (policy, statement, role), steps in sorted(denied.items())
    ]


def _attached(policies: Sequence[Policy], stand_ins: StandIns) -> Mapping[str, list[Document]]:
    """The policies on each unit, without those that mean nothing: what is wrong with them is for `check` to say."""
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


def _levels(unit: str) -> list[str]:
    """The unit and everything above it, the root first."""
    return [names.ROOT] if unit == names.ROOT else [*_levels(parent_path(unit)), unit]


def _steps(spec: Spec, stand_ins: StandIns) -> Iterator[tuple[str, Call]]:
    """Each role of the organization with each call that it must be able to make, at home."""
    region = spec.organization.home_region
    for role, steps in _needs(spec.organization.access_role).items():
        # A wildcard in a role's name, as in stacksets-exec-*, stands for some text that AWS adds.
        principal = f"arn:aws:iam::{_ACCOUNT}:role/{role.replace('*', '0a1b')}"
        for action, resource in steps:
            request = Request(action=action, resource=resource.replace("{region}", region), principal=principal)
            yield role, call(request, region, stand_ins)


def _needs(access_role: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    return {
        access_role: (
            ("cloudformation:CreateChangeSet", _PLAIN_STACK),
            ("cloudformation:ExecuteChangeSet", _PLAIN_STACK),
            ("cloudformation:DescribeStacks", _PLAIN_STACK),
            ("secretsmanager:PutSecretValue", _BASELINE[-1][1]),
            *_BASELINE,
        ),
        "stacksets-exec-*": (
            ("cloudformation:CreateStack", _STACKSET),
            ("cloudformation:UpdateStack", _STACKSET),
            ("cloudformation:DeleteStack", _STACKSET),
            *_BASELINE,
        ),
        names.DEPLOY_ROLE: (
            ("cloudformation:CreateChangeSet", _APPLICATION),
            ("cloudformation:ExecuteChangeSet", _APPLICATION),
            ("iam:PassRole", f"arn:aws:iam::{_ACCOUNT}:role/{names.EXECUTION_ROLE}"),
        ),
        names.EXECUTION_ROLE: (
            ("iam:CreateRole", f"arn:aws:iam::{_ACCOUNT}:role/application"),
            ("secretsmanager:GetSecretValue", _BASELINE[-1][1]),
        ),
    }
