"""A plan with all that its reader has to know before saying yes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import INACCESSIBLE, WHOLE, Risk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.engine.kind import Kind
    from bootstrap.engine.plan import Blocker, Change, Plan, Unmanaged
    from bootstrap.model.resource import Address, Resource


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """Which organization a plan is for. `id` is AWS's, empty before there is one; `account` manages it."""

    name: str
    id: str
    account: str


@dataclass(frozen=True, slots=True)
class Story:
    """All changes about one thing, such as an account and what is in it."""

    about: Address
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands once the plan is applied, and where it stands now if that is elsewhere."""

    address: Address
    within: Address
    was: Address | None = None


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A plan, what stands against it, and what it was made from.

    `specs` and `observed` are fingerprints of what the YAML asks for and of what AWS has. `consented` are the blockers
    that a token overrides; `only` what the plan was narrowed to, and `left_out` how many changes it has not for that.
    `have` is all of ours that there is. `touched` are the accounts that it touches, each with its OU
    (`extent.reach`). `safety` is what the YAML says of how much is usual, and `loosened` what of it does not count
    before it was applied, in words. `kinds` is the order in which a reader meets them. `places` are of the whole
    organization, what does not change too.
    """

    plan: Plan
    whose: OrganizationRef
    specs: str = ""
    observed: str = ""
    blockers: tuple[Blocker, ...] = ()
    consented: tuple[Blocker, ...] = ()
    only: tuple[str, ...] = ()
    left_out: int = 0
    touched: tuple[str, ...] = ()
    safety: Mapping[str, int] = field(default_factory=dict)
    loosened: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    have: Mapping[Address, Resource] = field(default_factory=dict)

    def stories(self, changes: Iterable[Change]) -> tuple[Story, ...]:
        """Changes of the plan as a reader looks for them: by the thing that they are about."""
        stories: dict[Address, list[Change]] = {}
        for change in changes:
            stories.setdefault(change.about or change.address, []).append(change)
        return tuple(
            Story(about, tuple(sorted(stories[about], key=lambda change: self._place(change.address))))
            for about in sorted(stories, key=self._place)
        )

    def _place(self, address: Address) -> tuple[int, str]:
        return (self.kinds.index(address.kind) if address.kind in self.kinds else len(self.kinds), address.name)


def propose(
    plan: Plan, whose: OrganizationRef, asked: Iterable[Blocker], kinds: Mapping[str, Kind], given: Collection[str]
) -> PlanReview:
    """The plan with the blockers that no consent overrides, and those that one of the `given` does."""
    missed = {item.address for item in plan.inaccessible}
    asked = sorted(asked, key=lambda blocker: (blocker.address != WHOLE, blocker))
    high = {blocker.address for blocker in asked}
    changes = (
        replace(
            change,
            risk=Risk.HIGH if change.address in high else kinds[change.address.kind].risk(change),
            about=kinds[change.address.kind].about(change.address),
            remarks=(*([INACCESSIBLE] if change.address in missed else []), *change.remarks),
        )
        for change in plan.changes
    )
    inaccessible = (replace(item, about=kinds[item.address.kind].about(item.address)) for item in plan.inaccessible)
    return PlanReview(
        replace(plan, changes=tuple(changes), inaccessible=tuple(inaccessible)),
        whose,
        kinds=tuple(kinds),
        # No word, not even an empty one, overrides what has no token.
        blockers=tuple(blocker for blocker in asked if not blocker.token or blocker.token not in given),
        consented=tuple(blocker for blocker in asked if blocker.token and blocker.token in given),
    )


def places(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    unmanaged: Iterable[Unmanaged],
    kinds: Mapping[str, Kind],
) -> tuple[Place, ...]:
    """Where everything stands that stands in something: what is wanted, what there is, and what is not ours."""

    def holder(resource: Resource | None) -> Address | None:
        return kinds[resource.address.kind].stands_in(resource) if resource else None

    found = {item.address: Place(item.address, item.within) for item in unmanaged if item.within}
    for address in want.keys() | have.keys():
        now, then = holder(have.get(address)), holder(want.get(address))
        if within := then or now:
            found[address] = Place(address, within, now if now != within else None)
    return tuple(found[address] for address in sorted(found))
