"""The calls that the organization itself must be able to make in an account that has a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bootstrap import names
from bootstrap.policy.calls import call
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.evaluate import Call
    from bootstrap.policy.stand_ins import StandIns
    from bootstrap.spec.models import Organization

_ACCOUNT: Final = "111122223333"

# CloudFormation acts with the rights of whoever deploys the stack, and says so in each call.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
_Context: TypeAlias = "dict[str, str | bool | int | list[str]]"
_VIA_CLOUDFORMATION: Final[_Context] = {
    "aws:CalledVia": ["cloudformation.amazonaws.com"],
    "aws:ViaAWSService": True,
}


class Step(NamedTuple):
    """One call, by the name of the role that makes it."""

    role: str
    call: Call


def steps(organization: Organization, stand_ins: StandIns) -> Iterator[Step]:
    """The access role deploys the baseline; the deploy role starts what the team deploys."""
    region = organization.home_region
    by_role: tuple[tuple[str, list[tuple[str, str]], _Context], ...] = (
        (organization.access_role, _deploying(region, names.BASELINE_STACK), {}),
        (organization.access_role, _deploying(region, names.BUDGET_STACK), {}),
        (organization.access_role, _baseline(region), _VIA_CLOUDFORMATION),
        (names.DEPLOY_ROLE, _deploying(region, "application"), {}),
        (names.DEPLOY_ROLE, [("iam:PassRole", _iam(f"role/{names.EXECUTION_ROLE}"))], {}),
    )
    for role, calls, context in by_role:
        principal = _iam(f"role/{role}")
        for action, resource in calls:
            request = Request(action=action, resource=resource, principal=principal, context=context)
            yield Step(role, call(request, region, stand_ins))


def _deploying(region: str, stack: str) -> list[tuple[str, str]]:
    arn = f"arn:aws:cloudformation:{region}:{_ACCOUNT}:stack/{stack}/0a1b2c3d"
    verbs = ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks")
    return [(f"cloudformation:{verb}", arn) for verb in verbs]


def _baseline(region: str) -> list[tuple[str, str]]:
    """One call or two for each sort of resource in the baseline's template."""
    secret = f"arn:aws:secretsmanager:{region}:{_ACCOUNT}:secret:application/entry"
    return [
        ("iam:CreateRole", _iam(f"role/{names.DEPLOY_ROLE}")),
        ("iam:PutRolePolicy", _iam(f"role/{names.EXECUTION_ROLE}")),
        ("iam:TagRole", _iam(f"role/{names.DEPLOY_ROLE}")),
        ("iam:AttachRolePolicy", _iam(f"role/{names.EXECUTION_ROLE}")),
        ("iam:CreatePolicy", _iam(f"policy/{names.BOUNDARY}")),
        ("iam:CreatePolicyVersion", _iam(f"policy/{names.BOUNDARY}")),
        ("budgets:ModifyBudget", f"arn:aws:budgets::{_ACCOUNT}:budget/{names.BUDGET}-0a1b2c3d"),
        ("secretsmanager:CreateSecret", secret),
        ("secretsmanager:TagResource", f"{secret}-AbCdEf"),
        # An update reads the secret first (the handler's permissions in the type's schema).
        ("secretsmanager:GetSecretValue", f"{secret}-AbCdEf"),
        ("secretsmanager:UpdateSecret", f"{secret}-AbCdEf"),
    ]


def _iam(name: str) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:{name}"
