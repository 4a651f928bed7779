"""Trusted access: the leave that the organization gives to one AWS service to work across its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.kind import Kind, Observed, keep_omitted
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import organization

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.spec.spec import Spec

# Without it the management account cannot rename another.
# https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-trusted-access.html
ACCOUNT_MANAGEMENT = "account.amazonaws.com"


def renaming() -> Address:
    """What an account needs in order to be renamed."""
    return Address(TrustedAccessKind.name, ACCOUNT_MANAGEMENT)


class TrustedAccessKind(Kind):
    name = "trusted-access"
    after = ("organization",)

    def desired(self, spec: Spec) -> Iterable[Resource]:
        yield Resource(renaming(), {"enabled": True}, needs=frozenset({organization.address(spec)}))

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del want
        # The other services that have it are others' business.
        there = renaming().name in context.inventory.services
        return Observed({renaming(): Resource(renaming(), {"enabled": True})} if there else {})

    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return have

    def create(self, context: Context, want: Resource) -> None:
        context.aws.call("organizations.EnableAWSServiceAccess", ServicePrincipal=want.address.name)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        raise AssertionError(f"{context}, {have}, {want}: enabled is all that trusted access can be")

    def delete(self, context: Context, have: Resource) -> None:
        raise AssertionError(f"{context}, {have}: `settle` and `remains` let no such change through")
