"""Narrow a plan to some targets and the changes that they wait for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.resource import Address


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets as typed, and the resources that they select. Without any, everything is selected."""

    typed: tuple[str, ...] = ()
    resources: frozenset[Address] = frozenset()


EVERYTHING: Final = Targets()


def narrow(plan: Plan, targets: Targets) -> tuple[Plan, frozenset[Address]]:
    """The plan with only the targets' changes and those that they wait for; and the addresses that are left out."""
    if not targets.typed:
        return plan, frozenset()
    needed: set[Address] = set()
    todo = [change.address for change in plan.changes if change.owner in targets.resources]
    while todo:
        address = todo.pop()
        if address not in needed:
            needed.add(address)
            todo.extend(plan.waits[address])
    left_out = frozenset(change.address for change in plan.changes) - needed
    chosen = tuple(_without(change, left_out) for change in plan.changes if change.address in needed)
    waits = {change.address: plan.waits[change.address] for change in chosen}
    return replace(plan, changes=chosen, waits=waits), left_out


def _without(change: Change, left_out: frozenset[Address]) -> Change:
    """The change without its order on left-out changes: an attachment could detach one of them to make room."""
    after = change.after and replace(change.after, follows=change.after.follows - left_out)
    return replace(change, after=after)
