"""An organizational unit, named by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.errors import AwsError
from bootstrap.kind import Kind, Observed
from bootstrap.kinds import organization, ownership
from bootstrap.model import Address, Resource
from bootstrap.names import KEY_TAG, ROOT
from bootstrap.plan import Foreign
from bootstrap.spec.leaks import masked
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.kind import World
    from bootstrap.plan import Change
    from bootstrap.spec.spec import Spec


def needs_of_unit(path: str) -> frozenset[Address]:
    """What stands in a unit needs it; the root comes with the organization."""
    return frozenset() if path == ROOT else frozenset({Address("unit", path)})


class UnitKind(Kind):
    name = "unit"
    after = ("organization",)

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for path in spec.units:
            if path != ROOT:
                yield Resource(
                    Address(self.name, path),
                    {"tags": {KEY_TAG: "unit"}},  # not its path: names may hold what tags may not
                    needs=needs_of_unit(parent_path(path)) | {organization.address(spec)},
                    origin=spec.origin(self.name, path),
                )

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        have, foreign = {}, []
        for path, found in world.live.units.items():
            here = Address(self.name, path)
            world.ids[here] = found.id
            tags = ownership.read(world, found.arn, want.get(here)) if path != ROOT else {}
            needs = needs_of_unit(parent_path(path))
            # A unit of a wanted path is adopted: a path leads to one unit only, and adopting it writes tags.
            if here in want or ownership.is_ours(tags):
                have[here] = Resource(here, {"tags": tags}, needs)
            elif path != ROOT:
                foreign.append(Foreign(here, "a unit that is not in the YAML", needs, within=_parent(here)))
        return Observed(have, tuple(foreign))

    def stands_in(self, resource: Resource) -> Address:
        return _parent(resource.address)

    def remarks(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del want, have
        yield from ownership.taken_over(change)
        if change.after is None and (lost := sorted(_attached_by_others(world, change.address))):
            yield f"what others attached to it comes off with it: {', '.join(lost)}"

    def create(self, world: World, want: Resource) -> None:
        path = want.address.name
        parent = world.ids[Address(self.name, parent_path(path))]
        name = path.rpartition("/")[2]
        made = world.aws.once(
            "organizations.CreateOrganizationalUnit",
            done="DuplicateOrganizationalUnitException",
            ParentId=parent,
            Name=name,
            Tags=ownership.as_list(want.body["tags"]),
        )
        world.ids[want.address] = made["OrganizationalUnit"]["Id"] if made else _find(world, parent, name)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        ownership.write_tags(world.aws, world.ids[want.address], have.body["tags"], want.body["tags"])

    def delete(self, world: World, have: Resource) -> None:
        try:
            world.aws.once(
                "organizations.DeleteOrganizationalUnit",
                done="OrganizationalUnitNotFoundException",
                OrganizationalUnitId=world.ids[have.address],
            )
        except AwsError as error:
            if error.code == "OrganizationalUnitNotEmptyException":
                error.hint = "something was put into it since the plan was made: plan again"
            raise


def _attached_by_others(world: World, here: Address) -> Iterator[str]:
    for policy in world.live.policies:
        is_theirs = not policy.aws_managed and world.ids.address(policy.id) is None
        if is_theirs and world.ids[here] in policy.targets:
            yield masked(policy.name)


def _parent(unit: Address) -> Address:
    return Address(unit.kind, parent_path(unit.name))


def _find(world: World, parent: str, name: str) -> str:
    """The id of a unit that was made, though the answer that held it was lost."""
    units = world.aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent)
    return next(str(unit["Id"]) for unit in units if unit["Name"] == name)
