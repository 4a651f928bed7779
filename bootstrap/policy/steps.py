"""The calls that the organization itself must be able to make in an account that has a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bootstrap import facts
from bootstrap.model import names
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
# What has no region is called in this one, as far as a policy is concerned.
_GLOBAL: Final = ("iam:", "budgets:")

_DEPLOYING: Final = ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks")
# What a deployment takes that does not end at once and well; and to read what there is, and to take it down.
_TENDING: Final = (
    *_DEPLOYING,
    "ContinueUpdateRollback",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeStackEvents",
    "GetTemplate",
    "ListStackResources",
)
# For each sort of resource in the baseline's templates what makes, changes and removes it: the permissions of the
# handlers in its type's schema, as far as they act on what our templates say.
# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
_OF_ROLE: Final = (
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRole",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "GetRole",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "TagRole",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
)
_OF_POLICY: Final = ("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy")
_OF_SECRET: Final = (
    "CreateSecret",
    "DescribeSecret",
    # An update reads the secret first.
    "GetSecretValue",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
)


class Step(NamedTuple):
    """One call, by the name of the role that makes it."""

    role: str
    call: Call


def steps(organization: Organization, stand_ins: StandIns) -> Iterator[Step]:
    """The access role deploys the baseline, and looks into it; the deploy role starts what the team deploys."""
    region, access = organization.home_region, organization.access_role
    by_role: tuple[tuple[str, list[tuple[str, str]], _Context], ...] = (
        (access, _on_stack(region, names.BASELINE_STACK, _TENDING), {}),
        (access, _on_stack(region, names.BUDGET_STACK, _TENDING), {}),
        (access, _looking(region), {}),
        (access, _baseline(region), _VIA_CLOUDFORMATION),
        (names.DEPLOY_ROLE, _on_stack(region, "application", _DEPLOYING), {}),
        (names.DEPLOY_ROLE, [("iam:PassRole", _iam(f"role/{names.EXECUTION_ROLE}"))], {}),
    )
    for role, calls, context in by_role:
        principal = _iam(f"role/{role}")
        for action, resource in calls:
            request = Request(
                action=action,
                resource=resource,
                principal=principal,
                region=facts.GLOBAL_REGION if action.startswith(_GLOBAL) else region,
                context=context,
            )
            yield Step(role, call(request, region, stand_ins))


def _on_stack(region: str, stack: str, verbs: tuple[str, ...]) -> list[tuple[str, str]]:
    arn = f"arn:aws:cloudformation:{region}:{_ACCOUNT}:stack/{stack}/0a1b2c3d"
    return [(f"cloudformation:{verb}", arn) for verb in verbs]


def _looking(region: str) -> list[tuple[str, str]]:
    """What tells a drift that CloudFormation does not, and a secret that is there still."""
    return [
        ("iam:GetAccountAuthorizationDetails", "*"),
        ("iam:ListRoles", _iam("role/")),
        ("secretsmanager:ListSecrets", "*"),
        ("secretsmanager:DescribeSecret", _secret(region)),
        ("budgets:ViewBudget", _budget()),
    ]


def _baseline(region: str) -> list[tuple[str, str]]:
    roles = [_iam(f"role/{name}") for name in (names.DEPLOY_ROLE, names.EXECUTION_ROLE)]
    return [
        *((f"iam:{verb}", role) for verb in _OF_ROLE for role in roles),
        *((f"iam:{verb}", _iam(f"policy/{names.BOUNDARY}")) for verb in _OF_POLICY),
        ("budgets:ModifyBudget", _budget()),
        ("budgets:ViewBudget", _budget()),
        *((f"secretsmanager:{verb}", _secret(region)) for verb in _OF_SECRET),
    ]


def _iam(name: str) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:{name}"


def _budget() -> str:
    return f"arn:aws:budgets::{_ACCOUNT}:budget/{names.BUDGET}-0a1b2c3d"


def _secret(region: str) -> str:
    return f"arn:aws:secretsmanager:{region}:{_ACCOUNT}:secret:application/entry-AbCdEf"
