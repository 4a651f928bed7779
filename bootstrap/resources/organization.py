"""The organization, with all features: everything else stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.kind import Kind, Observed, keep_omitted
from bootstrap.engine.plan import Blocker, Cause, consent
from bootstrap.model.names import KEY_TAG, ROOT, TAG_PREFIX
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import ownership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.spec.spec import Spec

_ALL = "ALL"
_EVERY_S = 2.0
_FOUND_WITHIN_S = 120.0
_REGION_TAG = TAG_PREFIX + "home-region"
_ROLE_TAG = TAG_PREFIX + "access-role"
ROOT_ADDRESS = Address("ou", ROOT)
"""The root comes with the organization: it has an id like an OU, and is no resource of its own."""


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

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        found = context.inventory.organization
        if found is None:
            return Observed()
        # There is one organization in an account, and AWS gives it no name: it goes by the name in the YAML.
        here = next(wanted for wanted in want if wanted.kind == self.name)
        self._learn(context, here)
        tags = ownership.read(context, context.inventory.root["Arn"], want[here])
        return Observed({here: Resource(here, {"features": found["FeatureSet"], "tags": tags})})

    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return Resource(have.address, {**have.body, "tags": {}})

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[Blocker]:
        del context, want, have
        if change.before is None or change.after is None:
            return
        if change.before.body["features"] != _ALL:
            yield Blocker(
                change.address,
                "the organization has consolidated billing only, and every invited account must agree to more",
                hint="enable all features in the console of AWS Organizations, then plan again",
            )
        if change.cause is Cause.DRIFT:
            return  # the tags are as they were until somebody changed them by hand
        # Where all is destroyed its tags go, and the wrong organization is as wrong.
        was, becomes = ownership.tag(change.before, KEY_TAG), change.address.name
        if was and was != becomes:
            yield Blocker(
                change.address,
                f"this organization is {was}, and the YAML is for {becomes}: it is most likely the wrong one",
                hint=f"see whose credentials these are; if it is to be renamed from {was}, say so",
                token=consent("rename", was),
            )
        before, after = (ownership.tag(side, _ROLE_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Blocker(
                change.address,
                f"accounts are entered through the role {after} from now on, and guardrails bind the role {before} by "
                "which they were entered until now: an account without the new one is out of reach",
                hint=f"see that each account has the role {after}, and that it trusts the management account",
                token=consent("remove", f"access-role/{before}"),
            )
        before, after = (ownership.tag(side, _REGION_TAG) for side in (change.before, change.after))
        if before and after and before != after:
            yield Blocker(
                change.address,
                f"the baselines stand in {before}, and a stack cannot move to {after}",
                hint=f"say `home_region: {before}`; to move, first destroy what there is",
            )

    def create(self, context: Context, want: Resource) -> None:
        context.aws.once(
            "organizations.CreateOrganization",
            done="AlreadyInOrganizationException",
            FeatureSet=want.body["features"],
        )

        def found() -> bool | None:
            context.inventory.forget()
            return context.inventory.organization is not None or None

        context.aws.until(found, what=f"finding {want.address}", every_s=_EVERY_S, timeout_s=_FOUND_WITHIN_S)
        self._learn(context, want.address)
        ownership.write_tags(context.aws, context.ids[ROOT_ADDRESS], {}, want.body["tags"])

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        ownership.write_tags(context.aws, context.ids[ROOT_ADDRESS], have.body["tags"], want.body["tags"])

    def delete(self, context: Context, have: Resource) -> None:
        raise AssertionError(f"{context}, {have}: `settle` and `remains` let no such change through")

    def _learn(self, context: Context, here: Address) -> None:
        assert context.inventory.organization is not None
        context.ids[here] = context.inventory.organization["Id"]
        context.ids[ROOT_ADDRESS] = context.inventory.root["Id"]


def region_of_baselines(context: Context, want: Mapping[Address, Resource]) -> str:
    """Where the baselines are: the home region of the time when they were made, whatever became of its tag since."""
    known = context.memory
    wanted = next((resource for here, resource in want.items() if here.kind == OrganizationKind.name), None)
    if known and wanted and known.holds(wanted):
        return ownership.tag(wanted, _REGION_TAG)
    return context.inventory.tags(context.inventory.root["Arn"]).get(_REGION_TAG, context.aws.home_region)
