"""The difference between want and have, as plain data in order: nothing here knows AWS or any kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import Address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bootstrap.model.resource import Body, Call, Resource


WHOLE: Final = Address("plan", "whole")
"""What stands against a plan as such goes before what stands against one of its changes."""


INACCESSIBLE: Final = "could not be looked at, and taken for absent"
"""What is remarked of a change of such a thing, and above the list of them."""


# What is taken as it is by a shell, and by a list with spaces between its items.
_TYPED: Final = re.compile(r"[^\w:/@.,+=-]")


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RELEASE = "release"
    """What cannot be deleted stays, and is ours no more: an account."""


class Cause(StrEnum):
    """Why a change is to be made."""

    ASKED = "asked"
    """The YAML says something else than when it was last applied."""
    DRIFT = "drift"
    """The YAML says the same; what there is was changed by somebody else."""
    BOTH = "both"
    UNKNOWN = "unknown"
    """Nothing tells what was last applied."""


class Risk(StrEnum):
    """How closely a reviewer should look."""

    LOW = "low"
    MEDIUM = "medium"
    """Something goes away, or who may do what changes."""
    HIGH = "high"
    """It takes a word: a consent."""


@dataclass(frozen=True, slots=True)
class Change:
    """One create (`before` is None), update, or delete (`after` is None); of what is `lasting`, a release."""

    address: Address
    before: Resource | None
    after: Resource | None
    lasting: bool = False
    cause: Cause = Cause.UNKNOWN
    risk: Risk = Risk.LOW
    about: Address | None = None
    """The thing whose story this is part of, if not its own: a baseline is its account's."""
    remarks: tuple[str, ...] = ()
    """What its values do not say."""
    calls: tuple[Call, ...] | None = None
    """What it calls, in order, if somebody asked."""

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.RELEASE if self.lasting else Action.DELETE
        return Action.UPDATE

    @property
    def bodies(self) -> tuple[Body | None, Body | None]:
        """Of what there is, and of what there will be."""
        return self.before.body if self.before else None, self.after.body if self.after else None


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A thing that is not ours: reported once, never touched.

    `resource` is given when it stands where the YAML wants one of ours: adopting it takes consent. `within` is the
    thing that it is drawn in, in a picture of the organization. `new` says that it came, or was otherwise, since the
    YAML was last applied, `in_use` that what is done to it matters: it is no account that is closed.
    """

    address: Address
    detail: str
    needs: frozenset[Address] = frozenset()
    resource: Resource | None = None
    within: Address | None = None
    new: bool = False
    in_use: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Inaccessible:
    """A thing that could not be looked at, and why: the plan takes it for absent, and says so."""

    address: Address
    reason: str
    about: Address | None = field(default=None, compare=False)
    """The thing whose story it would be part of, if not its own."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something within a thing that is not as it was made, and that no plan sees: `what` it is, of which `part`, and
    what was wanted and was found where that can be told.
    """

    address: Address
    part: str
    what: str
    wanted: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Blocker:
    """A reason not to apply a change. `token` is the consent that overrides it; empty if nothing does. `loses` is what
    is lost by the change: a word that was given for some of it is none for more.
    """

    address: Address
    reason: str
    hint: str = ""
    token: str = ""
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, each behind those that it waits for, and what the plan leaves alone.

    `unchanged` is there as the YAML says. `kept` is ours but no longer in the YAML, and stays all the same; of it
    `retained_drift` is what came, or was otherwise, since the YAML was last applied. `unmanaged` is not ours;
    `inaccessible` could not be looked at.
    """

    changes: tuple[Change, ...]
    waits: Mapping[Address, frozenset[Address]]
    unchanged: tuple[Resource, ...] = ()
    kept: tuple[Resource, ...] = ()
    retained_drift: frozenset[Address] = frozenset()
    unmanaged: tuple[Unmanaged, ...] = ()
    inaccessible: tuple[Inaccessible, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, action: Action) -> int:
        return sum(change.action is action for change in self.changes)


def consent(act: str, thing: object) -> str:
    """The token that consents to one act on one thing: one word wherever it is typed, whatever the thing is called."""
    return f"{act}:{_TYPED.sub(lambda other: f'%{ord(other[0]):02x}', str(thing))}"


def make_plan(  # noqa: PLR0913 (all that a plan holds)
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    *,
    kept: Sequence[Resource] = (),
    unmanaged: Sequence[Unmanaged] = (),
    inaccessible: Sequence[Inaccessible] = (),
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
    waits, left = _waits(changes, want, have), {resource.address for resource in kept}
    # A set has no order of its own, and the same plan gives the same bytes.
    order = TopologicalSorter({address: sorted(first) for address, first in waits.items()}).static_order()
    return Plan(
        changes=tuple(changes[address] for address in order),
        waits=waits,
        unchanged=tuple(want[address] for address in sorted((want.keys() & have.keys()) - changes.keys() - left)),
        kept=tuple(kept),
        unmanaged=tuple(unmanaged),
        inaccessible=tuple(inaccessible),
    )


def _waits(
    changes: Collection[Address], want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> dict[Address, frozenset[Address]]:
    """The whole rule of order: what goes away waits for everything that needed or followed it; everything else
    waits for what it needs or follows.

    The rule holds of what does not change, too: a guardrail leaves an account's OU only once the one that
    the account will stand under instead is there.
    """
    waits: dict[Address, set[Address]] = {address: set() for address in want.keys() | have.keys()}
    for side in (want, have):
        for address, resource in side.items():
            for other in (resource.needs | resource.follows) & waits.keys():
                if other not in want:
                    waits[other].add(address)
                elif side is want:
                    waits[address].add(other)
    reached: dict[Address, frozenset[Address]] = {}
    for address in TopologicalSorter(waits).static_order():
        through = ({other} if other in changes else reached[other] for other in waits[address])
        reached[address] = frozenset().union(*through)
    return {address: reached[address] for address in changes}
