"""A plan as its reviewer sees it: with risks and blockers, and with secrets masked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bootstrap.engine.guards import is_approved
from bootstrap.engine.plan import INACCESSIBLE, WHOLE, Risk
from bootstrap.secrecy.mask import mask_name, mask_secrets, mask_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bootstrap.engine.kind import Kind, Sides
    from bootstrap.engine.plan import Blocker, Change, Inaccessible, Plan, Unmanaged
    from bootstrap.model.resource import Address, Json, Resource


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """The organization that a plan is for. `id` is AWS's, empty before it exists; `account` manages it."""

    name: str
    id: str
    account: str


@dataclass(frozen=True, slots=True)
class Story:
    """All changes under one owner, such as an account and what is in it."""

    owner: Address
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """The parent of a resource after the apply, and its parent now if that is another one."""

    address: Address
    parent: Address
    was: Address | None = None


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A plan, what blocks it, and what it was made from. Secrets in it are masked.

    `specs` and `observed` are fingerprints of what the YAML asks for and of what AWS has. `approved` are the blockers
    that an approval overrides. `targets` is what the plan was narrowed to, `left_out` the number of other changes.
    `affected` are the accounts of the blast radius, each with its OU. `safety` are the limits of the YAML, and `raised`
    those that take effect after a complete apply. `kinds` is the order in which kinds are shown. `placements` is the
    whole organization chart. `binds` is False for a plan from a redacted snapshot, which cannot be applied.
    """

    plan: Plan
    organization: OrganizationRef
    specs: str = ""
    observed: str = ""
    blockers: tuple[Blocker, ...] = ()
    approved: tuple[Blocker, ...] = ()
    targets: tuple[str, ...] = ()
    left_out: int = 0
    affected: tuple[str, ...] = ()
    safety: Mapping[str, int] = field(default_factory=dict)
    raised: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    placements: tuple[Placement, ...] = ()
    have: Mapping[Address, Resource] = field(default_factory=dict)
    binds: bool = True

    def stories(self, changes: Iterable[Change]) -> tuple[Story, ...]:
        """Changes of the plan by their owner, in a reader's order."""
        stories: dict[Address, list[Change]] = {}
        for change in changes:
            stories.setdefault(change.owner, []).append(change)
        return tuple(
            Story(owner, tuple(sorted(stories[owner], key=lambda change: self._order(change.address))))
            for owner in sorted(stories, key=self._order)
        )

    def _order(self, address: Address) -> tuple[int, str]:
        return (self.kinds.index(address.kind) if address.kind in self.kinds else len(self.kinds), address.name)


def review(
    plan: Plan,
    organization: OrganizationRef,
    blockers: Iterable[Blocker],
    kinds: Mapping[str, Kind],
    approvals: Collection[str],
) -> PlanReview:
    """The plan with its blockers, those that an approval overrides apart; not masked yet."""
    inaccessible = {item.address for item in plan.inaccessible}
    found = sorted(blockers, key=lambda blocker: (blocker.address != WHOLE, blocker))
    high = {blocker.address for blocker in found}
    changes = (
        replace(
            change,
            risk=Risk.HIGH if change.address in high else kinds[change.address.kind].risk(change),
            remarks=(*([INACCESSIBLE] if change.address in inaccessible else []), *change.remarks),
        )
        for change in plan.changes
    )
    return PlanReview(
        replace(plan, changes=tuple(changes)),
        organization,
        kinds=tuple(kinds),
        blockers=tuple(blocker for blocker in found if not is_approved(blocker, approvals)),
        approved=tuple(blocker for blocker in found if is_approved(blocker, approvals)),
    )


def place(sides: Sides, unmanaged: Iterable[Unmanaged]) -> tuple[Placement, ...]:
    """The placement of each wanted, existing and unmanaged resource that has a parent."""
    found = {item.address: Placement(item.address, item.parent) for item in unmanaged if item.parent}
    for address in sides.want.keys() | sides.have.keys():
        now, then = (side[address].parent if address in side else None for side in (sides.have, sides.want))
        if parent := then or now:
            found[address] = Placement(address, parent, now if now != parent else None)
    return tuple(found[address] for address in sorted(found))


def masked(reviewed: PlanReview, want: Mapping[Address, Resource], plain: Callable[[str], Json]) -> PlanReview:
    """The review with every text masked that looks like a secret and is not in the YAML.

    `plain` replaces AWS ids in a text by references, as they are in `want`.
    """
    mask = Mask(want, plain)
    return replace(
        reviewed,
        plan=mask.plan(reviewed.plan),
        blockers=tuple(map(mask.blocker, reviewed.blockers)),
        approved=tuple(map(mask.blocker, reviewed.approved)),
        affected=tuple(map(mask_name, reviewed.affected)),
        placements=tuple(map(mask.placement, reviewed.placements)),
        have=mask.resources(reviewed.have),
    )


class Mask:
    """Masks secrets in resources and in their names; texts of the YAML are not masked."""

    def __init__(self, want: Mapping[Address, Resource], plain: Callable[[str], Json]) -> None:
        self._want = want
        self._plain = plain

    def plan(self, plan: Plan) -> Plan:
        return replace(
            plan,
            changes=tuple(map(self._change, plan.changes)),
            waits={mask_address(here): frozenset(map(mask_address, first)) for here, first in plan.waits.items()},
            retained=tuple(map(self.resource, plan.retained)),
            retained_drift=frozenset(map(mask_address, plan.retained_drift)),
            unmanaged=tuple(map(self.unmanaged, plan.unmanaged)),
            inaccessible=tuple(map(self._inaccessible, plan.inaccessible)),
        )

    def resources(self, resources: Mapping[Address, Resource]) -> dict[Address, Resource]:
        return {mask_address(address): self.resource(resource) for address, resource in resources.items()}

    def blocker(self, blocker: Blocker) -> Blocker:
        return replace(
            blocker,
            address=mask_address(blocker.address),
            reason=mask_text(blocker.reason),
            hint=mask_text(blocker.hint),
            token=mask_text(blocker.token),
            loses=tuple(map(mask_text, blocker.loses)),
        )

    def placement(self, placement: Placement) -> Placement:
        was = placement.was and mask_address(placement.was)
        return Placement(mask_address(placement.address), mask_address(placement.parent), was)

    def _change(self, change: Change) -> Change:
        return replace(
            change,
            address=mask_address(change.address),
            before=change.before and self.resource(change.before),
            after=change.after and self.resource(change.after),
            remarks=tuple(map(mask_text, change.remarks)),
        )

    def resource(self, resource: Resource) -> Resource:
        wanted = self._want.get(resource.address)
        if wanted is not None and wanted.body == resource.body:
            return resource  # the YAML was checked for secrets
        body = mask_secrets(resource.body, wanted.body if wanted else {}, self._plain)
        assert isinstance(body, dict)
        return replace(
            resource,
            address=mask_address(resource.address),
            body=body,
            owner=resource.owner and mask_address(resource.owner),
            parent=resource.parent and mask_address(resource.parent),
        )

    def unmanaged(self, item: Unmanaged) -> Unmanaged:
        return replace(
            item,
            address=mask_address(item.address),
            detail=mask_text(item.detail),
            parent=item.parent and mask_address(item.parent),
            resource=item.resource and self.resource(item.resource),
        )

    def _inaccessible(self, item: Inaccessible) -> Inaccessible:
        owner = item.owner and mask_address(item.owner)
        return replace(item, address=mask_address(item.address), reason=mask_text(item.reason), owner=owner)


def mask_address(address: Address) -> Address:
    name = mask_name(address.name)
    return address if name == address.name else address._replace(name=name)
