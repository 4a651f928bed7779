"""An organizational unit, named by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.kind import Kind, Observed
from bootstrap.engine.plan import Unmanaged
from bootstrap.model.errors import AwsError
from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import organization, ownership
from bootstrap.secrecy.patterns import masked
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.spec.spec import Spec


def needs_of_ou(path: str) -> frozenset[Address]:
    """What stands in an OU needs it; the root comes with the organization."""
    return frozenset() if path == ROOT else frozenset({Address("ou", path)})


class OuKind(Kind):
    name = "ou"
    after = ("organization",)

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for path in spec.organizational_units:
            if path != ROOT:
                yield Resource(
                    Address(self.name, path),
                    {"tags": {KEY_TAG: "ou"}},  # not its path: names may hold what tags may not
                    needs=needs_of_ou(parent_path(path)) | {organization.address(spec)},
                    origin=spec.origin(self.name, path),
                )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        have, unmanaged = {}, []
        for path, found in context.inventory.organizational_units.items():
            here = Address(self.name, path)
            context.ids[here] = found.id
            tags = ownership.read(context, found.arn, want.get(here)) if path != ROOT else {}
            needs = needs_of_ou(parent_path(path))
            # An OU of a wanted path is adopted: a path leads to one OU only, and adopting it writes tags.
            if here in want or ownership.is_ours(tags):
                have[here] = Resource(here, {"tags": tags}, needs)
            elif path != ROOT:
                unmanaged.append(Unmanaged(here, "an OU that is not in the YAML", needs, within=_parent(here)))
        return Observed(have, tuple(unmanaged))

    def stands_in(self, resource: Resource) -> Address:
        return _parent(resource.address)

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del want, have
        yield from ownership.taken_over(change)
        if change.after is None and (lost := sorted(_attached_by_others(context, change.address))):
            yield f"what others attached to it comes off with it: {', '.join(lost)}"

    def create(self, context: Context, want: Resource) -> None:
        path = want.address.name
        parent = context.ids[Address(self.name, parent_path(path))]
        name = path.rpartition("/")[2]
        made = context.aws.once(
            "organizations.CreateOrganizationalUnit",
            done="DuplicateOrganizationalUnitException",
            ParentId=parent,
            Name=name,
            Tags=ownership.as_list(want.body["tags"]),
        )
        context.ids[want.address] = made["OrganizationalUnit"]["Id"] if made else _find(context, parent, name)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        ownership.write_tags(context.aws, context.ids[want.address], have.body["tags"], want.body["tags"])

    def delete(self, context: Context, have: Resource) -> None:
        try:
            context.aws.once(
                "organizations.DeleteOrganizationalUnit",
                done="OrganizationalUnitNotFoundException",
                OrganizationalUnitId=context.ids[have.address],
            )
        except AwsError as error:
            if error.code == "OrganizationalUnitNotEmptyException":
                error.hint = "something was put into it since the plan was made: plan again"
            raise


def _attached_by_others(context: Context, here: Address) -> Iterator[str]:
    for policy in context.inventory.policies:
        is_theirs = not policy.aws_managed and context.ids.address(policy.id) is None
        if is_theirs and context.ids[here] in policy.targets:
            yield masked(policy.name)


def _parent(ou: Address) -> Address:
    return Address(ou.kind, parent_path(ou.name))


def _find(context: Context, parent: str, name: str) -> str:
    """The id of an OU that was made, though the answer that held it was lost."""
    ous = context.aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent)
    return next(str(ou["Id"]) for ou in ous if ou["Name"] == name)
