"""The requests that org-bootstrap's own roles must be able to make in every account with a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bootstrap import facts
from bootstrap.model import names
from bootstrap.policy.request_context import request_context
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.evaluate import RequestContext
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.spec.models import Organization

_ACCOUNT: Final = "111122223333"

CLOUDFORMATION: Final = "cloudformation.amazonaws.com"

_Context: TypeAlias = "dict[str, str | bool | int | list[str]]"
# CloudFormation uses the permissions of the principal that deploys the stack, and names itself in each request.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
_VIA_CLOUDFORMATION: Final[_Context] = {
    "aws:CalledVia": [CLOUDFORMATION],
    "aws:ViaAWSService": True,
}
# Services without regions: a policy sees facts.GLOBAL_REGION as the region of a request to them.
_GLOBAL: Final = ("iam:", "budgets:")

_DEPLOYING: Final = ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks")
# To recover from a failed deployment, to read a stack, and to delete it.
_MANAGING: Final = (
    *_DEPLOYING,
    "ContinueUpdateRollback",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeStackEvents",
    "GetTemplate",
    "ListStackResources",
)
# The permissions to create, update and delete each resource type of the baseline: those that the handlers in the type's
# schema list, for the properties that our templates set.
# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
_ROLE: Final = (
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
_POLICY: Final = ("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy")
_SECRET: Final = (
    "CreateSecret",
    "DescribeSecret",
    # CloudFormation reads the secret before it updates it.
    "GetSecretValue",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
)


class RequiredPermission(NamedTuple):
    """A request that must stay allowed. `hint` says how a guardrail that denies it can spare its principal."""

    principal: str
    request: RequestContext
    hint: str


def role_permissions(organization: Organization, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
    """The access role deploys the baseline and inspects the account; the deploy role starts the team's deployments."""
    region, access = organization.home_region, organization.access_role
    by_role: tuple[tuple[str, list[tuple[str, str]], _Context], ...] = (
        (access, _on_stack(region, names.BASELINE_STACK, _MANAGING), {}),
        (access, _on_stack(region, names.BUDGET_STACK, _MANAGING), {}),
        (access, _inspection(region), {}),
        (access, _baseline(region), _VIA_CLOUDFORMATION),
        (names.DEPLOY_ROLE, _on_stack(region, "application", _DEPLOYING), {}),
        (names.DEPLOY_ROLE, [("iam:PassRole", role_arn(names.EXECUTION_ROLE))], {}),
    )
    for role, requests, context in by_role:
        for action, resource in requests:
            request = Request(
                action=action,
                resource=resource,
                principal=role_arn(role),
                region=facts.GLOBAL_REGION if action.startswith(_GLOBAL) else region,
                context=context,
            )
            hint = f"add arn:aws:iam::*:role/{role} to the guardrail's exempt_principals"
            yield RequiredPermission(role, request_context(request, region, ids), hint)


def role_arn(name: str) -> str:
    """The ARN of a role in a member account."""
    return _iam(f"role/{name}")


def _on_stack(region: str, stack: str, operations: tuple[str, ...]) -> list[tuple[str, str]]:
    arn = f"arn:aws:cloudformation:{region}:{_ACCOUNT}:stack/{stack}/0a1b2c3d"
    return [(f"cloudformation:{operation}", arn) for operation in operations]


def _inspection(region: str) -> list[tuple[str, str]]:
    """To find the stacks, drift that CloudFormation does not report, and secrets that outlive their stack."""
    return [
        ("cloudformation:ListStacks", "*"),
        ("iam:GetAccountAuthorizationDetails", "*"),
        ("iam:ListRoles", _iam("role/")),
        ("secretsmanager:ListSecrets", "*"),
        ("secretsmanager:DescribeSecret", _secret(region)),
        ("budgets:ViewBudget", _budget()),
    ]


def _baseline(region: str) -> list[tuple[str, str]]:
    roles = [role_arn(name) for name in (names.DEPLOY_ROLE, names.EXECUTION_ROLE)]
    return [
        *((f"iam:{operation}", role) for operation in _ROLE for role in roles),
        *((f"iam:{operation}", _iam(f"policy/{names.BOUNDARY}")) for operation in _POLICY),
        ("budgets:ModifyBudget", _budget()),
        ("budgets:ViewBudget", _budget()),
        *((f"secretsmanager:{operation}", _secret(region)) for operation in _SECRET),
    ]


def _iam(name: str) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:{name}"


def _budget() -> str:
    return f"arn:aws:budgets::{_ACCOUNT}:budget/{names.BUDGET}-0a1b2c3d"


def _secret(region: str) -> str:
    return f"arn:aws:secretsmanager:{region}:{_ACCOUNT}:secret:application/entry-AbCdEf"
