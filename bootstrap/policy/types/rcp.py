"""Resource control policies: they limit what anybody, from any account, may do to the member accounts' resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model import names
from bootstrap.policy.evaluate import RequestContext
from bootstrap.policy.language import PRINCIPAL_ARN, texts
from bootstrap.policy.types.required_permissions import (
    CLOUDFORMATION,
    RequiredPermission,
    role_arn,
    role_permissions,
)
from bootstrap.policy.types.statement_policy import StatementPolicyType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.language import PolicyStatement
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.policy.variables import ConditionKeys
    from bootstrap.spec.spec import Spec

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


class ResourceControlPolicy(StatementPolicyType):
    """A Deny of named actions to every principal.

    Evaluated on the side of the resource: for each request to a resource of the account, whoever makes it. Not bound
    are resources of the management account and requests of service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """

    name = "RESOURCE_CONTROL_POLICY"
    noun = "resource control policy"
    elements = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"})

    def own_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        if statement.get("Effect") == "Allow":
            yield "Effect", f"Effect must be Deny: {self.default_policy} alone allows"
        if statement.get("Principal") != "*":
            yield "Principal", f'a {self.noun} needs Principal: "*", and no other principal'
        if "*" in texts(statement.get("Action", ())):
            yield "Action", "Action must name a service, e.g. s3:*"

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        for permission in role_permissions(spec.organization, ids):
            if permission.request.action.startswith(_BOUND_SERVICES):
                yield permission._replace(hint=_SPARE_ORGANIZATION)
        yield from _role_assumptions(spec, ids)


def _role_assumptions(spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
    """The management account enters through the access role, CI through the deploy role; CloudFormation deploys as the
    execution role.
    """
    administrator = f"arn:aws:iam::{_MANAGEMENT_ACCOUNT}:role/administrator"
    access_role = spec.organization.access_role
    yield _assumption("the management account", "sts:AssumeRole", access_role, _member(administrator, ids))
    deploys = {(one.deploy.account, one.deploy.role) for one in spec.environments.values() if one.deploy}
    for account, role in sorted(deploys):
        account_id = ids.fill(f"${{account:{account}}}")
        keys = _member(f"arn:aws:iam::{account_id}:role/{role}", ids)
        for action in ("sts:AssumeRole", "sts:TagSession"):
            yield _assumption(f"role {role} of account {account}", action, names.DEPLOY_ROLE, keys)
    service = {"aws:principalisawsservice": ("true",), "aws:principalservicename": (CLOUDFORMATION,)}
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
    return RequiredPermission(principal, RequestContext(action, role_arn(role), keys), _SPARE_ORGANIZATION)
