"""The difference between want and have, as plain data in order: nothing here knows AWS or any kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bootstrap.model import Address, Json, Resource


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RELEASE = "release"
    """What cannot be deleted stays, and is ours no more: an account."""


@dataclass(frozen=True, slots=True)
class Change:
    """One create (`before` is None), update, or delete (`after` is None); of what is `lasting`, a release."""

    address: Address
    before: Resource | None
    after: Resource | None
    lasting: bool = False

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.RELEASE if self.lasting else Action.DELETE
        return Action.UPDATE

    @property
    def needs(self) -> frozenset[Address]:
        """What must be there while this change happens, on either side of it."""
        return frozenset().union(*(side.needs for side in (self.before, self.after) if side is not None))


@dataclass(frozen=True, slots=True)
class Foreign:
    """A thing that is not ours: reported once, never touched.

    `resource` is given when it stands where the YAML wants one of ours: adopting it takes consent.
    """

    address: Address
    detail: str
    needs: frozenset[Address] = frozenset()
    resource: Resource | None = None


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A reason not to apply a change. `token` is the consent that overrides it; empty if nothing does."""

    address: Address
    reason: str
    hint: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, each behind those that it waits for, and what the plan leaves alone.

    `kept` is ours but no longer in the YAML, and stays all the same; `foreign` is not ours.
    """

    changes: tuple[Change, ...]
    waits: Mapping[Address, frozenset[Address]]
    unchanged: int = 0
    kept: tuple[Resource, ...] = ()
    foreign: tuple[Foreign, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, action: Action) -> int:
        return sum(change.action is action for change in self.changes)


def make_plan(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    *,
    kept: Sequence[Resource] = (),
    foreign: Sequence[Foreign] = (),
    lasting: Collection[str] = (),
) -> Plan:
    """The plan that turns `have` into `want`. Raises graphlib.CycleError if needs go in a circle.

    `lasting` names the kinds whose resources are released and not deleted.
    """
    changes = {
        address: Change(address, have.get(address), want.get(address), address.kind in lasting)
        for address in sorted(want.keys() | have.keys())
        if have.get(address) != want.get(address)
    }
    waits = _waits(changes)
    order = TopologicalSorter(waits).static_order()
    return Plan(
        changes=tuple(changes[address] for address in order),
        waits=waits,
        unchanged=len(want.keys() & have.keys()) - sum(c.action is Action.UPDATE for c in changes.values()),
        kept=tuple(kept),
        foreign=tuple(foreign),
    )


def _waits(changes: Mapping[Address, Change]) -> dict[Address, frozenset[Address]]:
    """The whole rule of order: a delete waits for everything that used to need it; everything else waits
    for what it needs.
    """
    waits: dict[Address, set[Address]] = {address: set() for address in changes}
    for address, change in changes.items():
        if change.after is not None:
            waits[address] |= {need for need in change.after.needs & changes.keys() if changes[need].after is not None}
        if change.before is not None:
            for need in change.before.needs & changes.keys():
                if changes[need].after is None:
                    waits[need].add(address)
    return {address: frozenset(others) for address, others in waits.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: the path to it, and its value on each side (None where it is absent)."""

    path: tuple[str, ...]
    before: Json
    after: Json


def differences(before: Json, after: Json, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Every field that differs, as deep as both sides are mappings: a policy statement, a template's property."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key), after.get(key), (*path, key))
    else:
        yield Difference(path, before, after)
