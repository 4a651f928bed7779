"""The requests that org-bootstrap's own roles must be able to make in every account with a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bootstrap import facts
from bootstrap.model import names
from bootstrap.policy.evaluate import RequestContext
from bootstrap.policy.language import PRINCIPAL_ARN
from bootstrap.policy.placeholder_ids import request_context
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.conditions import ConditionKeys
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.spec.models import Organization
    from bootstrap.spec.spec import Spec

_ACCOUNT: Final = "111122223333"

_CLOUDFORMATION: Final = "cloudformation.amazonaws.com"

_Context: TypeAlias = "dict[str, str | bool | int | list[str]]"
# CloudFormation uses the permissions of the principal that deploys the stack, and names itself in each request.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
_VIA_CLOUDFORMATION: Final[_Context] = {
    "aws:CalledVia": [_CLOUDFORMATION],
    "aws:ViaAWSService": True,
}
# Services without regions: a policy sees facts.GLOBAL_REGION as the region of a request to them.
_GLOBAL: Final = ("iam", "budgets")

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
# Of the services that our roles call, RCPs bind these. IAM and CloudFormation are not bound.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html (read 2026-09-26)
_BOUND_SERVICES: Final = ("budgets:", "secretsmanager:")
_MANAGEMENT_ACCOUNT: Final = "900000000000"
_SPARE_ORGANIZATION: Final = (
    "spare requests from the organization: "
    "add StringNotEqualsIfExists {aws:PrincipalOrgID: ${organization_id}} to its Condition"
)
_SPARE_SERVICES: Final = (
    "spare requests from AWS services: add BoolIfExists {aws:PrincipalIsAWSService: false} to its Condition"
)


class RequiredPermission(NamedTuple):
    """A request that must stay allowed. `hint` says how a guardrail that denies it can spare its principal."""

    principal: str
    request: RequestContext
    hint: str


def role_permissions(organization: Organization, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
    """The access role deploys the baseline and inspects the account; the deploy role starts the team's deployments."""
    region, access = organization.home_region, organization.access_role
    stack = f"arn:aws:cloudformation:{region}:{_ACCOUNT}:stack"
    secret = f"arn:aws:secretsmanager:{region}:{_ACCOUNT}:secret:application/entry-AbCdEf"
    budget = f"arn:aws:budgets::{_ACCOUNT}:budget/{names.BUDGET}-0a1b2c3d"
    boundary = f"arn:aws:iam::{_ACCOUNT}:policy/{names.BOUNDARY}"
    roles = _role_arn(names.DEPLOY_ROLE), _role_arn(names.EXECUTION_ROLE)
    rows: tuple[tuple[str, str, tuple[str, ...], str, _Context], ...] = (
        (access, "cloudformation", _MANAGING, f"{stack}/{names.BASELINE_STACK}/0a1b2c3d", {}),
        (access, "cloudformation", _MANAGING, f"{stack}/{names.BUDGET_STACK}/0a1b2c3d", {}),
        # To find the stacks, drift that CloudFormation does not report, and secrets that outlive their stack.
        (access, "cloudformation", ("ListStacks",), "*", {}),
        (access, "iam", ("GetAccountAuthorizationDetails",), "*", {}),
        (access, "iam", ("ListRoles",), _role_arn(""), {}),
        (access, "secretsmanager", ("ListSecrets",), "*", {}),
        (access, "secretsmanager", ("DescribeSecret",), secret, {}),
        (access, "budgets", ("ViewBudget",), budget, {}),
        *((access, "iam", _ROLE, role, _VIA_CLOUDFORMATION) for role in roles),
        (access, "iam", _POLICY, boundary, _VIA_CLOUDFORMATION),
        (access, "budgets", ("ModifyBudget", "ViewBudget"), budget, _VIA_CLOUDFORMATION),
        (access, "secretsmanager", _SECRET, secret, _VIA_CLOUDFORMATION),
        (names.DEPLOY_ROLE, "cloudformation", _DEPLOYING, f"{stack}/application/0a1b2c3d", {}),
        (names.DEPLOY_ROLE, "iam", ("PassRole",), _role_arn(names.EXECUTION_ROLE), {}),
    )
    for role, service, operations, resource, context in rows:
        hint = f"add arn:aws:iam::*:role/{role} to the guardrail's exempt_principals"
        for operation in operations:
            request = Request(
                action=f"{service}:{operation}",
                resource=resource,
                principal=_role_arn(role),
                region=facts.GLOBAL_REGION if service in _GLOBAL else region,
                context=context,
            )
            yield RequiredPermission(role, request_context(request, ids), hint)


def resource_permissions(spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
    """The role permissions that resource control policies bind, and those to assume the roles.

    The management account assumes the access role, CI the deploy role, and CloudFormation the execution role.
    """
    for permission in role_permissions(spec.organization, ids):
        if permission.request.action.startswith(_BOUND_SERVICES):
            yield permission._replace(hint=_SPARE_ORGANIZATION)
    administrator = f"arn:aws:iam::{_MANAGEMENT_ACCOUNT}:role/administrator"
    access_role = spec.organization.access_role
    yield _assumption("the management account", "sts:AssumeRole", access_role, _member(administrator, ids))
    deploys = {(one.deploy.account, one.deploy.role) for one in spec.environments.values() if one.deploy}
    for account, role in sorted(deploys):
        account_id = ids.fill(f"${{account:{account}}}")
        keys = _member(f"arn:aws:iam::{account_id}:role/{role}", ids)
        for action in ("sts:AssumeRole", "sts:TagSession"):
            yield _assumption(f"role {role} of account {account}", action, names.DEPLOY_ROLE, keys)
    service = {"aws:principalisawsservice": ("true",), "aws:principalservicename": (_CLOUDFORMATION,)}
    assumption = _assumption("CloudFormation", "sts:AssumeRole", names.EXECUTION_ROLE, service)
    yield assumption._replace(hint=_SPARE_SERVICES)


def _member(principal: str, ids: PlaceholderIds) -> ConditionKeys:
    """The condition keys of a request from an account of the organization."""
    return {
        PRINCIPAL_ARN.lower(): (principal,),
        "aws:principalorgid": (ids.organization,),
        "aws:principalisawsservice": ("false",),
    }


def _assumption(principal: str, action: str, role: str, keys: ConditionKeys) -> RequiredPermission:
    return RequiredPermission(principal, RequestContext(action, _role_arn(role), keys), _SPARE_ORGANIZATION)


def _role_arn(name: str) -> str:
    """The ARN of a role in a member account."""
    return f"arn:aws:iam::{_ACCOUNT}:role/{name}"
