"""Reasons to refuse a plan, and the consents that override them: a pure step between plan and apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Action, Blocker, consent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context, Kind
    from bootstrap.engine.plan import Plan, Unmanaged
    from bootstrap.model.resource import Address, Resource


def check(
    plan: Plan,
    kinds: Mapping[str, Kind],
    context: Context,
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
) -> list[Blocker]:
    """All that stands against a plan, whether a consent can override it or not."""
    found = [*_needed_by_what_stays(plan), *_taken_by_others(plan)]
    for change in plan.changes:
        found.extend(kinds[change.address.kind].blockers(context, change, want, have))
    return found


def idle(allow: Collection[str], asked: Iterable[Blocker]) -> tuple[str, ...]:
    """The consents that override nothing: a safety word that cannot do its job must not pass silently."""
    return tuple(sorted(set(allow) - {blocker.token for blocker in asked if blocker.token}))


def without_refused(plan: Plan, blockers: Iterable[Blocker]) -> Plan:
    """The plan without the things of others that a blocker names, with what it takes to adopt them: told once."""
    tokens = {blocker.token for blocker in blockers}
    left = tuple(item for item in plan.unmanaged if item.resource is None or adoption(item.address) not in tokens)
    return replace(plan, unmanaged=left)


def adopted(unmanaged: Iterable[Unmanaged], given: Collection[str]) -> list[Unmanaged]:
    """The things of others that a consent makes ours."""
    return [item for item in unmanaged if item.resource and adoption(item.address) in given]


def adoption(address: Address) -> str:
    """The consent that makes a thing of others ours."""
    return consent("adopt", address)


def taken_over(unmanaged: Unmanaged) -> Blocker:
    """What it takes to make a thing ours that was not."""
    return Blocker(
        unmanaged.address,
        f"there is one already, and it is not ours: {unmanaged.detail}",
        hint="rename ours, or take it over with the consent: a plan with that word shows what it overwrites",
        token=adoption(unmanaged.address),
    )


def forgotten(plan: Plan) -> Iterator[Blocker]:
    """What is in a thing that could not be looked at would stay there, and nothing would say whose it is."""
    for inaccessible in plan.inaccessible:
        yield Blocker(
            inaccessible.address,
            f"what it holds could not be looked at, and would stay: {inaccessible.reason}",
            token=consent("forget", inaccessible.address),
        )


def _needed_by_what_stays(plan: Plan) -> Iterator[Blocker]:
    gone = {change.address for change in plan.changes if change.after is None}
    stays: list[Resource | Unmanaged] = [*plan.kept, *plan.unmanaged]
    for thing in stays:
        for need in sorted(thing.needs & gone):
            yield Blocker(
                need,
                f"{thing.address} stays and needs it",
                hint=f"put {need} back into the YAML, or move {thing.address} away first",
            )


def _taken_by_others(plan: Plan) -> Iterator[Blocker]:
    created = {change.address for change in plan.changes if change.action is Action.CREATE}
    for unmanaged in plan.unmanaged:
        if unmanaged.resource is not None and unmanaged.address in created:
            yield taken_over(unmanaged)
