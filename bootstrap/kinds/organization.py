"""The organization, with all features: everything else stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.kind import Kind, Observed, keep_omitted
from bootstrap.model import Address, Resource
from bootstrap.names import ROOT
from bootstrap.plan import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.kind import World
    from bootstrap.plan import Change
    from bootstrap.spec.spec import Spec

_ALL = "ALL"
ROOT_ADDRESS = Address("unit", ROOT)
"""The root comes with the organization: it has an id like a unit, and is no resource of its own."""


def address(spec: Spec) -> Address:
    return Address("organization", spec.organization.name)


class OrganizationKind(Kind):
    name = "organization"

    def desired(self, spec: Spec) -> Iterable[Resource]:
        here = address(spec)
        yield Resource(here, {"features": _ALL}, origin=spec.origin(here.kind, here.name))

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        found = world.live.organization
        if found is None:
            return Observed()
        # There is one organization in an account, and AWS gives it no name: it goes by the name in the YAML.
        here = next(wanted for wanted in want if wanted.kind == self.name)
        self._learn(world, here)
        return Observed({here: Resource(here, {"features": found["FeatureSet"]})})

    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return have

    def refusals(self, change: Change) -> Iterable[Refusal]:
        if change.before is not None:
            yield Refusal(
                change.address,
                "the organization has consolidated billing only, and every invited account must agree to more",
                hint="enable all features in the console of AWS Organizations, then plan again",
            )

    def create(self, world: World, want: Resource) -> None:
        world.aws.call("organizations.CreateOrganization", FeatureSet=want.body["features"])
        world.live.forget()
        self._learn(world, want.address)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        raise AssertionError(f"{world}, {have}, {want}: `refusals` lets no such change through")

    def delete(self, world: World, have: Resource) -> None:
        raise AssertionError(f"{world}, {have}: `settle` and `remains` let no such change through")

    def _learn(self, world: World, here: Address) -> None:
        assert world.live.organization is not None
        world.ids[here] = world.live.organization["Id"]
        world.ids[ROOT_ADDRESS] = world.live.root["Id"]
