"""A plan with all that its reader has to know before saying yes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bootstrap.plan import UNSEEN, WHOLE, Risk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.kind import Kind
    from bootstrap.model import Address, Resource
    from bootstrap.plan import Change, Foreign, Plan, Refusal


@dataclass(frozen=True, slots=True)
class Whose:
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
class Proposal:
    """A plan, what stands against it, and what it was made from.

    `specs` and `observed` are fingerprints of what the YAML asks for and of what AWS has. `consented` are the refusals
    that a token overrides; `only` what the plan was narrowed to, and `left_out` how many changes it has not for that.
    `have` is all of ours that there is. `touched` are the accounts that it touches, each with its unit
    (`extent.reach`). `safety` is what the YAML says of how much is usual, and `loosened` what of it does not count
    before it was applied, in words. `kinds` is the order in which a reader meets them. `places` are of the whole
    organization, what does not change too.
    """

    plan: Plan
    whose: Whose
    specs: str = ""
    observed: str = ""
    refusals: tuple[Refusal, ...] = ()
    consented: tuple[Refusal, ...] = ()
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
    plan: Plan, whose: Whose, asked: Iterable[Refusal], kinds: Mapping[str, Kind], given: Collection[str]
) -> Proposal:
    """The plan with the refusals that no consent overrides, and those that one of the `given` does."""
    missed = {item.address for item in plan.unseen}
    asked = sorted(asked, key=lambda refusal: (refusal.address != WHOLE, refusal))
    high = {refusal.address for refusal in asked}
    changes = (
        replace(
            change,
            risk=Risk.HIGH if change.address in high else kinds[change.address.kind].risk(change),
            about=kinds[change.address.kind].about(change.address),
            remarks=(*([UNSEEN] if change.address in missed else []), *change.remarks),
        )
        for change in plan.changes
    )
    unseen = (replace(item, about=kinds[item.address.kind].about(item.address)) for item in plan.unseen)
    return Proposal(
        replace(plan, changes=tuple(changes), unseen=tuple(unseen)),
        whose,
        kinds=tuple(kinds),
        # No word, not even an empty one, overrides what has no token.
        refusals=tuple(refusal for refusal in asked if not refusal.token or refusal.token not in given),
        consented=tuple(refusal for refusal in asked if refusal.token and refusal.token in given),
    )


def places(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    foreign: Iterable[Foreign],
    kinds: Mapping[str, Kind],
) -> tuple[Place, ...]:
    """Where everything stands that stands in something: what is wanted, what there is, and what is not ours."""

    def holder(resource: Resource | None) -> Address | None:
        return kinds[resource.address.kind].stands_in(resource) if resource else None

    found = {item.address: Place(item.address, item.within) for item in foreign if item.within}
    for address in want.keys() | have.keys():
        now, then = holder(have.get(address)), holder(want.get(address))
        if within := then or now:
            found[address] = Place(address, within, now if now != within else None)
    return tuple(found[address] for address in sorted(found))
