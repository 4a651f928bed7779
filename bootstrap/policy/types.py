"""The policy types and their registry. Another type is a class here, and a line in `_TYPES`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.policy.language import texts
from bootstrap.policy.policy_type import StatementPolicyType
from bootstrap.policy.required_permissions import resource_permissions, role_permissions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.policy.language import PolicyStatement
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.policy.policy_type import PolicyType
    from bootstrap.policy.required_permissions import RequiredPermission
    from bootstrap.spec.spec import Spec


class ServiceControlPolicy(StatementPolicyType):
    """Limits what the principals of the member accounts may do. It has no Principal: it applies to all of an account.

    Evaluated on the side of the principal: for each request that a role or user of the account makes, anywhere. Not
    bound are the management account and service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    name = "SERVICE_CONTROL_POLICY"
    noun = "service control policy"
    elements = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        return role_permissions(spec.organization, ids)


class ResourceControlPolicy(StatementPolicyType):
    """Limits what anybody may do to the member accounts' resources: a Deny of named actions to every principal.

    Evaluated on the side of the resource: for each request to a resource of the account, whoever makes it. Not bound
    are resources of the management account and requests of service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """

    name = "RESOURCE_CONTROL_POLICY"
    noun = "resource control policy"
    elements = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"})

    def own_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        if statement.get("Effect") == "Allow":
            yield "Effect", f"Effect must be Deny: {self.limits.default} alone allows"
        if statement.get("Principal") != "*":
            yield "Principal", f'a {self.noun} needs Principal: "*", and no other principal'
        if "*" in texts(statement.get("Action", ())):
            yield "Action", "Action must name a service, e.g. s3:*"

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        return resource_permissions(spec, ids)


_TYPES: Final[Mapping[str, PolicyType]] = {one.name: one for one in (ServiceControlPolicy(), ResourceControlPolicy())}

GUARDRAIL_TYPES: Final = frozenset({ServiceControlPolicy.name})
"""The types that a guardrail in the YAML can have. The `policy_type` of `Guardrail` lists the same."""

DEFAULT_POLICIES: Final = frozenset(limits.default for limits in facts.POLICY_TYPES.values() if limits.default)
"""The names of the AWS-managed policies that Organizations attaches to every target."""


def of(name: str) -> PolicyType:
    """The type of this name. Raises KeyError for one that this tool cannot write."""
    return _TYPES[name]


def default_policy(name: str) -> str:
    """The AWS-managed policy of any type that AWS has, also of one this tool cannot write; empty if it has none."""
    limits = facts.POLICY_TYPES.get(name)
    return limits.default if limits else ""
