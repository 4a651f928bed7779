"""Trusted access: the organization permits an AWS service to work across its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.kind import Fate, Kind, Observed
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.organization.kind import address_of
from bootstrap.resources.organization.reads import organization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bootstrap.aws.inventory import Inventory
    from bootstrap.engine.kind import Context
    from bootstrap.spec.spec import Spec

# Without it the management account cannot rename another account.
# https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-trusted-access.html
ACCOUNT_MANAGEMENT = Address("trusted-access", "account.amazonaws.com")


def trusted_services(inventory: Inventory) -> frozenset[str]:
    if inventory.read(organization) is None:
        return frozenset()
    found = inventory.aws.pages("organizations.ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    return frozenset(service["ServicePrincipal"] for service in found)


class TrustedAccessKind(Kind):
    name = ACCOUNT_MANAGEMENT.kind
    observed_after = ("organization",)
    prefetch = (trusted_services,)
    on_omission = Fate.RETAIN
    on_destroy = Fate.RETAIN

    def desired(self, spec: Spec) -> Iterable[Resource]:
        yield Resource(ACCOUNT_MANAGEMENT, {"enabled": True}, needs=frozenset({address_of(spec)}))

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del want
        # Trusted access of other services is not managed.
        if ACCOUNT_MANAGEMENT.name not in context.read(trusted_services):
            return Observed()
        return Observed({ACCOUNT_MANAGEMENT: Resource(ACCOUNT_MANAGEMENT, {"enabled": True})})

    def create(self, context: Context, want: Resource) -> None:
        context.aws.call("organizations.EnableAWSServiceAccess", ServicePrincipal=want.address.name)
