"""Service control policies: they limit what the principals of the member accounts may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.policy.types.required_permissions import role_permissions
from bootstrap.policy.types.statement_policy import StatementPolicyType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.policy.types.required_permissions import RequiredPermission
    from bootstrap.spec.spec import Spec


class ServiceControlPolicy(StatementPolicyType):
    """The full policy language but Principal: an SCP applies to every principal of an account.

    Evaluated on the side of the principal: for each request that a role or user of the account makes, anywhere. Not
    bound are the management account and service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    name = "SERVICE_CONTROL_POLICY"
    noun = "service control policy"
    elements = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        return role_permissions(spec.organization, ids)
