"""How much of the organization one plan touches at once, and when that takes a word."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.model import Address
from bootstrap.plan import Refusal, Risk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.kind import Kind
    from bootstrap.model import Resource
    from bootstrap.plan import Plan

_WHOLE: Final = Address("plan", "whole")
_HINT: Final = "see that all of them are meant; `safety` in organization.yaml says what is usual"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is usual for one plan: see `Safety` in the YAML."""

    touched_percent: int = 30
    touched_at_least: int = 10
    deletes: int = 10


USUAL: Final = Limits()


def check(
    plan: Plan,
    kinds: Mapping[str, Kind],
    sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]],
    limits: Limits,
) -> Iterator[Refusal]:
    """A refusal for what is more than usual: what is written may not be what is meant. `sides` are want and have."""
    _, have = sides
    there = {address for address in have if kinds[address.kind].lasting}
    touched = there & _reached(plan, kinds, sides)
    share = 100 * len(touched) / max(1, len(there))
    if len(touched) >= limits.touched_at_least and share > limits.touched_percent:
        accounts = f"{len(touched)} of {len(there)} accounts"
        yield Refusal(
            _WHOLE,
            f"it touches {accounts}: {share:.0f} %, where {limits.touched_percent} are usual",
            _HINT,
            f"touch:{len(touched)}-accounts",
        )
    gone = sum(change.after is None for change in plan.changes)
    if gone > limits.deletes:
        yield Refusal(
            _WHOLE,
            f"it deletes or releases {gone} things, and at most {limits.deletes} is usual",
            _HINT,
            f"delete:{gone}-things",
        )


def _reached(
    plan: Plan, kinds: Mapping[str, Kind], sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]]
) -> set[Address]:
    """Everything that a change of more than low risk is about, and all that stands under it: a policy's change
    reaches the accounts in the units that it is attached to.
    """
    under: dict[Address, set[Address]] = defaultdict(set)
    for side in sides:
        for address, resource in side.items():
            for other in resource.needs | resource.follows:
                under[other].add(address)
    found: set[Address] = set()
    todo = [change.address for change in plan.changes if kinds[change.address.kind].risk(change) is not Risk.LOW]
    while todo:
        address = todo.pop()
        if address not in found:
            found.add(address)
            todo.extend(under[address])
    return found | {kinds[address.kind].about(address) for address in found}
