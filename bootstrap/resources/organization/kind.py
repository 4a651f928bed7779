"""The organization, with all features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.kind import Fate, Kind, Observed, Sides
from bootstrap.engine.plan import Blocker, Cause, approval
from bootstrap.model.names import KEY_TAG, ROOT, TAG_PREFIX
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import tags
from bootstrap.resources.organization.reads import organization, root

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.model.resource import Body
    from bootstrap.spec.spec import Spec

_ALL = "ALL"
_EVERY_S = 2.0
_FOUND_WITHIN_S = 120.0
_REGION_TAG = TAG_PREFIX + "home-region"
_ROLE_TAG = TAG_PREFIX + "access-role"
ROOT_ADDRESS = Address("ou", ROOT)
"""The root has an id like an OU, and is created with the organization."""


def address_of(spec: Spec) -> Address:
    return Address("organization", spec.organization.name)


class OrganizationKind(Kind):
    name = "organization"
    prefetch = (organization,)
    on_omission = Fate.RETAIN
    on_destroy = Fate.RETAIN
    # `o-` and ten to 32 characters (botocore: organizations, shape OrganizationId).
    id_pattern = r"o-[a-z0-9]{10,32}"

    def desired(self, spec: Spec) -> Iterable[Resource]:
        here = address_of(spec)
        # The tags are the only record of the baselines' region, and of the role that deployed them.
        body_tags = {
            KEY_TAG: spec.organization.name,
            _ROLE_TAG: spec.organization.access_role,
            _REGION_TAG: spec.organization.home_region,
        }
        body: Body = {"features": _ALL, "tags": body_tags}
        yield Resource(here, body, origin=spec.origin(here.kind, here.name), unique=True)

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        found = context.read(organization)
        if found is None:
            return Observed()
        # AWS gives the organization no name, so it has the name in the YAML.
        here = next(wanted for wanted in want if wanted.kind == self.name)
        _learn_ids(context, here)
        found_tags = tags.read(context, context.read(root)["Arn"], want[here])
        return Observed({here: Resource(here, {"features": found["FeatureSet"], "tags": found_tags}, unique=True)})

    def after_destroy(self, have: Resource, approvals: Collection[str]) -> Resource:
        del approvals
        return replace(have, body={**have.body, "tags": {}})

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterator[Blocker]:
        del context, sides
        if change.before is None or change.after is None:
            return
        if change.before.body["features"] != _ALL:
            yield Blocker(
                change.address,
                "the organization has only consolidated billing; all features need the consent of invited accounts",
                hint="enable all features in the console of AWS Organizations, then plan again",
            )
        if change.cause is Cause.DRIFT:
            return  # somebody changed the tags by hand
        yield from _other_organization(change)
        before, after = (tags.tag(side, _ROLE_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Blocker(
                change.address,
                f"the access role changes from {before} to {after}: accounts without the new role become inaccessible, "
                "and guardrails no longer protect the old role",
                hint=f"check that every account has the role {after}, and that it trusts the management account",
                token=approval("remove", f"access-role/{before}"),
            )
        before, after = (tags.tag(side, _REGION_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Blocker(
                change.address,
                f"the baselines are deployed in {before}, and a stack cannot move to {after}",
                hint=f"set `home_region: {before}`; to move, destroy first",
            )

    def create(self, context: Context, want: Resource) -> None:
        context.aws.once(
            "organizations.CreateOrganization",
            done="AlreadyInOrganizationException",
            FeatureSet=want.body["features"],
        )

        def found() -> bool | None:
            context.inventory.forget()
            return context.read(organization) is not None or None

        context.aws.until(found, what=f"finding {want.address}", every_s=_EVERY_S, timeout_s=_FOUND_WITHIN_S)
        _learn_ids(context, want.address)
        tags.write_tags(context.aws, context.ids[ROOT_ADDRESS], {}, want.body["tags"])

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        tags.write_tags(context.aws, context.ids[ROOT_ADDRESS], have.body["tags"], want.body["tags"])

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        if call.operation == "CreateOrganization":
            call.state[self.name] = call.new_id
        if self.name not in call.state:
            return None
        match call.operation:
            case "DescribeOrganization":
                return {"Organization": {"Id": call.state[self.name], "FeatureSet": _ALL, "MasterAccountId": ""}}
            case "ListRoots":
                # "service control policies automatically enabled in the root" (API reference, CreateOrganization)
                enabled = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
                return {"Roots": [{"Id": ROOT_ADDRESS.reference, "Arn": "", "PolicyTypes": enabled}]}
        return None


def _other_organization(change: Change) -> Iterator[Blocker]:
    """A blocker if the tags name another organization than the YAML. A destroy needs it too."""
    assert change.before is not None
    was, becomes = tags.tag(change.before, KEY_TAG), change.address.name
    if was and was != becomes:
        yield Blocker(
            change.address,
            f"this organization is {was}, and the YAML is for {becomes}: these may be the wrong credentials",
            hint=f"check whose credentials these are; to rename {was}, approve it",
            token=approval("rename", was),
        )


def _learn_ids(context: Context, here: Address) -> None:
    found = context.read(organization)
    assert found is not None
    context.ids[here] = found["Id"]
    context.ids[ROOT_ADDRESS] = context.read(root)["Id"]


def home_region(context: Context, want: Mapping[Address, Resource]) -> str:
    """The region in which the baselines were deployed: from the last-applied record, or else from the tag."""
    known = context.last_applied
    wanted = next((resource for here, resource in want.items() if here.kind == OrganizationKind.name), None)
    if known and wanted and known.holds(wanted):
        return tags.tag(wanted, _REGION_TAG)
    found = context.read(tags.all_tags).get(context.read(root)["Arn"], {})
    return found.get(_REGION_TAG, context.aws.home_region)
