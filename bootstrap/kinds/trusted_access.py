"""Trusted access: the leave that the organization gives to one AWS service to work across its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.kind import Kind, Observed, keep_omitted
from bootstrap.kinds import organization
from bootstrap.model import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.kind import World
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

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        del want
        # The other services that have it are others' business.
        there = renaming().name in world.live.services
        return Observed({renaming(): Resource(renaming(), {"enabled": True})} if there else {})

    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return have

    def create(self, world: World, want: Resource) -> None:
        world.aws.call("organizations.EnableAWSServiceAccess", ServicePrincipal=want.address.name)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        raise AssertionError(f"{world}, {have}, {want}: enabled is all that trusted access can be")

    def delete(self, world: World, have: Resource) -> None:
        raise AssertionError(f"{world}, {have}: `settle` and `remains` let no such change through")
