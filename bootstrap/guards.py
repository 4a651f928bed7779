"""Reasons to refuse a plan, and the consents that override them: a pure step between plan and apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.plan import Action, Refusal, consent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.kind import Kind, World
    from bootstrap.model import Address, Resource
    from bootstrap.plan import Foreign, Plan


def check(
    plan: Plan,
    kinds: Mapping[str, Kind],
    world: World,
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
) -> list[Refusal]:
    """All that stands against a plan, whether a consent can override it or not."""
    found = [*_needed_by_what_stays(plan), *_taken_by_others(plan)]
    for change in plan.changes:
        found.extend(kinds[change.address.kind].refusals(world, change, want, have))
    return found


def idle(allow: Collection[str], asked: Iterable[Refusal]) -> tuple[str, ...]:
    """The consents that override nothing: a safety word that cannot do its job must not pass silently."""
    return tuple(sorted(set(allow) - {refusal.token for refusal in asked if refusal.token}))


def without_refused(plan: Plan, refusals: Iterable[Refusal]) -> Plan:
    """The plan without the things of others that a refusal names, with what it takes to adopt them: told once."""
    tokens = {refusal.token for refusal in refusals}
    left = tuple(item for item in plan.foreign if item.resource is None or adoption(item.address) not in tokens)
    return replace(plan, foreign=left)


def adopted(foreign: Iterable[Foreign], given: Collection[str]) -> list[Foreign]:
    """The things of others that a consent makes ours."""
    return [item for item in foreign if item.resource and adoption(item.address) in given]


def adoption(address: Address) -> str:
    """The consent that makes a thing of others ours."""
    return consent("adopt", address)


def taken_over(foreign: Foreign) -> Refusal:
    """What it takes to make a thing ours that was not."""
    return Refusal(
        foreign.address,
        f"there is one already, and it is not ours: {foreign.detail}",
        hint="rename ours, or take it over with the consent: a plan with that word shows what it overwrites",
        token=adoption(foreign.address),
    )


def forgotten(plan: Plan) -> Iterator[Refusal]:
    """What is in a thing that could not be looked at would stay there, and nothing would say whose it is."""
    for unseen in plan.unseen:
        yield Refusal(
            unseen.address,
            f"what it holds could not be looked at, and would stay: {unseen.reason}",
            token=consent("forget", unseen.address),
        )


def _needed_by_what_stays(plan: Plan) -> Iterator[Refusal]:
    gone = {change.address for change in plan.changes if change.after is None}
    stays: list[Resource | Foreign] = [*plan.kept, *plan.foreign]
    for thing in stays:
        for need in sorted(thing.needs & gone):
            yield Refusal(
                need,
                f"{thing.address} stays and needs it",
                hint=f"put {need} back into the YAML, or move {thing.address} away first",
            )


def _taken_by_others(plan: Plan) -> Iterator[Refusal]:
    created = {change.address for change in plan.changes if change.action is Action.CREATE}
    for foreign in plan.foreign:
        if foreign.resource is not None and foreign.address in created:
            yield taken_over(foreign)
