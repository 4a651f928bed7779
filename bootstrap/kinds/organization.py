"""The organization, with all features: everything else stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.kind import Kind, Observed, keep_omitted
from bootstrap.kinds import ownership
from bootstrap.model import Address, Resource
from bootstrap.names import KEY_TAG, ROOT, TAG_PREFIX
from bootstrap.plan import Cause, Refusal, consent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.kind import World
    from bootstrap.plan import Change
    from bootstrap.spec.spec import Spec

_ALL = "ALL"
_EVERY_S = 2.0
_FOUND_WITHIN_S = 120.0
_REGION_TAG = TAG_PREFIX + "home-region"
_ROLE_TAG = TAG_PREFIX + "access-role"
ROOT_ADDRESS = Address("unit", ROOT)
"""The root comes with the organization: it has an id like a unit, and is no resource of its own."""


def address(spec: Spec) -> Address:
    return Address("organization", spec.organization.name)


class OrganizationKind(Kind):
    name = "organization"

    def desired(self, spec: Spec) -> Iterable[Resource]:
        here = address(spec)
        # Nothing else tells where the baselines are, and through which role they came there.
        tags = {
            KEY_TAG: spec.organization.name,
            _ROLE_TAG: spec.organization.access_role,
            _REGION_TAG: spec.organization.home_region,
        }
        yield Resource(here, {"features": _ALL, "tags": tags}, origin=spec.origin(here.kind, here.name))

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        found = world.live.organization
        if found is None:
            return Observed()
        # There is one organization in an account, and AWS gives it no name: it goes by the name in the YAML.
        here = next(wanted for wanted in want if wanted.kind == self.name)
        self._learn(world, here)
        tags = ownership.read(world, world.live.root["Arn"], want[here])
        return Observed({here: Resource(here, {"features": found["FeatureSet"], "tags": tags})})

    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return Resource(have.address, {**have.body, "tags": {}})

    def refusals(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[Refusal]:
        del world, want, have
        if change.before is None or change.after is None:
            return
        if change.before.body["features"] != _ALL:
            yield Refusal(
                change.address,
                "the organization has consolidated billing only, and every invited account must agree to more",
                hint="enable all features in the console of AWS Organizations, then plan again",
            )
        if change.cause is Cause.DRIFT:
            return  # the tags are as they were until somebody changed them by hand
        # Where all is destroyed its tags go, and the wrong organization is as wrong.
        was, becomes = ownership.tag(change.before, KEY_TAG), change.address.name
        if was and was != becomes:
            yield Refusal(
                change.address,
                f"this organization is {was}, and the YAML is for {becomes}: it is most likely the wrong one",
                hint=f"see whose credentials these are; if it is to be renamed from {was}, say so",
                token=consent("rename", was),
            )
        before, after = (ownership.tag(side, _ROLE_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Refusal(
                change.address,
                f"accounts are entered through the role {after} from now on, and guardrails bind the role {before} by "
                "which they were entered until now: an account without the new one is out of reach",
                hint=f"see that each account has the role {after}, and that it trusts the management account",
                token=consent("remove", f"access-role/{before}"),
            )
        before, after = (ownership.tag(side, _REGION_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Refusal(
                change.address,
                f"the baselines stand in {before}, and a stack cannot move to {after}",
                hint=f"say `home_region: {before}`; to move, first destroy what there is",
            )

    def create(self, world: World, want: Resource) -> None:
        world.aws.once(
            "organizations.CreateOrganization",
            done="AlreadyInOrganizationException",
            FeatureSet=want.body["features"],
        )

        def found() -> bool | None:
            world.live.forget()
            return world.live.organization is not None or None

        world.aws.until(found, what=f"finding {want.address}", every_s=_EVERY_S, timeout_s=_FOUND_WITHIN_S)
        self._learn(world, want.address)
        ownership.write_tags(world.aws, world.ids[ROOT_ADDRESS], {}, want.body["tags"])

    def update(self, world: World, have: Resource, want: Resource) -> None:
        ownership.write_tags(world.aws, world.ids[ROOT_ADDRESS], have.body["tags"], want.body["tags"])

    def delete(self, world: World, have: Resource) -> None:
        raise AssertionError(f"{world}, {have}: `settle` and `remains` let no such change through")

    def _learn(self, world: World, here: Address) -> None:
        assert world.live.organization is not None
        world.ids[here] = world.live.organization["Id"]
        world.ids[ROOT_ADDRESS] = world.live.root["Id"]


def region_of_baselines(world: World, want: Mapping[Address, Resource]) -> str:
    """Where the baselines are: the home region of the time when they were made, whatever became of its tag since."""
    known = world.memory
    wanted = next((resource for here, resource in want.items() if here.kind == OrganizationKind.name), None)
    if known and wanted and known.holds(wanted):
        return ownership.tag(wanted, _REGION_TAG)
    return world.live.tags(world.live.root["Arn"]).get(_REGION_TAG, world.aws.home_region)
