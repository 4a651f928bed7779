"""An organizational unit, named by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.kind import Kind, Observed
from bootstrap.engine.plan import Unmanaged
from bootstrap.model.errors import AwsError
from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import tags
from bootstrap.resources.organization.kind import address_of
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.policy.reads import policies_with_targets
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context, Sides
    from bootstrap.engine.plan import Change
    from bootstrap.spec.spec import Spec


def needs_of_ou(path: str) -> frozenset[Address]:
    """Everything in an OU needs it; the root is not a resource."""
    return frozenset() if path == ROOT else frozenset({Address("ou", path)})


class OuKind(Kind):
    name = "ou"
    observed_after = ("organization",)
    prefetch = (ous,)

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for path in spec.organizational_units:
            if path != ROOT:
                yield Resource(
                    Address(self.name, path),
                    {"tags": {KEY_TAG: "ou"}},  # not its path: a tag allows fewer characters
                    needs=needs_of_ou(parent_path(path)) | {address_of(spec)},
                    origin=spec.origin(self.name, path),
                    parent=Address(self.name, parent_path(path)),
                )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        have, unmanaged = {}, []
        for path, found in context.read(ous).items():
            here = Address(self.name, path)
            context.ids[here] = found.id
            if path == ROOT:
                continue
            found_tags = tags.read(context, found.arn, want.get(here))
            needs, parent = needs_of_ou(parent_path(path)), Address(self.name, parent_path(path))
            # An OU at a wanted path is imported: there is only one at a path, and importing it only writes tags.
            if here in want or tags.is_managed(found_tags):
                have[here] = Resource(here, {"tags": found_tags}, needs, parent=parent)
            else:
                unmanaged.append(Unmanaged(here, "an OU that is not in the YAML", needs, parent=parent))
        return Observed(have, tuple(unmanaged))

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterator[str]:
        del sides
        yield from tags.imported(change)
        if change.after is None and (lost := sorted(_unmanaged_on(context, change.address))):
            yield f"unmanaged policies are detached with it: {', '.join(lost)}"

    def create(self, context: Context, want: Resource) -> None:
        path = want.address.name
        parent = context.ids[Address(self.name, parent_path(path))]
        name = path.rpartition("/")[2]
        made = context.aws.once(
            "organizations.CreateOrganizationalUnit",
            done="DuplicateOrganizationalUnitException",
            ParentId=parent,
            Name=name,
            Tags=tags.as_list(want.body["tags"]),
        )
        context.ids[want.address] = made["OrganizationalUnit"]["Id"] if made else _find(context, parent, name)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        tags.write_tags(context.aws, context.ids[want.address], have.body["tags"], want.body["tags"])

    def delete(self, context: Context, have: Resource) -> None:
        try:
            context.aws.once(
                "organizations.DeleteOrganizationalUnit",
                done="OrganizationalUnitNotFoundException",
                OrganizationalUnitId=context.ids[have.address],
            )
        except AwsError as error:
            if error.code == "OrganizationalUnitNotEmptyException":
                error.hint = "something was added to it since the plan was made: plan again"
            raise

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        if call.operation == "CreateOrganizationalUnit":
            return {"OrganizationalUnit": {"Id": call.new_id}}
        return None


def _unmanaged_on(context: Context, here: Address) -> Iterator[str]:
    for policy in context.read(policies_with_targets):
        if context.ids[here] in policy.targets and not policy.aws_managed and context.ids.address(policy.id) is None:
            yield policy.name


def _find(context: Context, parent: str, name: str) -> str:
    """The id of an OU whose creation had its answer lost."""
    found = context.aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent)
    return next(str(ou["Id"]) for ou in found if ou["Name"] == name)
