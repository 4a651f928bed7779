"""The difference between want and have, as plain data in order. Pure: no AWS, and no kind by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from bootstrap.model.diff import differences
from bootstrap.model.resource import Address
from bootstrap.secrecy.mask import mask_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bootstrap.model.resource import Body, Call, Resource


WHOLE: Final = Address("plan", "whole")
"""The address of a blocker that is about the plan as a whole; it is listed first."""

INACCESSIBLE: Final = "inaccessible, planned as absent"
"""The remark on a change of a resource that could not be read."""

# All other characters are safe in a shell word and in a list separated by spaces.
_PLAIN: Final = re.compile(r"[^\w:/@.,+=-]")


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    FORGET = "forget"
    """It stays in AWS and is no longer managed: an account."""


class Cause(StrEnum):
    """Why a change is planned."""

    ASKED = "asked"
    """The YAML has changed since it was last applied."""
    DRIFT = "drift"
    """The YAML is as last applied; somebody changed AWS."""
    BOTH = "both"
    UNKNOWN = "unknown"
    """It is not known what was last applied."""


class Risk(StrEnum):
    """How closely a reviewer should look."""

    LOW = "low"
    MEDIUM = "medium"
    """It deletes something, or changes permissions."""
    HIGH = "high"
    """It needs an approval."""


@dataclass(frozen=True, slots=True)
class Change:
    """One create (`before` is None), update, or delete (`after` is None). `forgets`: a delete leaves it in AWS."""

    address: Address
    before: Resource | None
    after: Resource | None
    forgets: bool = False
    cause: Cause = Cause.UNKNOWN
    risk: Risk = Risk.LOW
    remarks: tuple[str, ...] = ()
    """Facts about the change that its values do not show."""
    calls: tuple[Call, ...] | None = None
    """The AWS API calls that make it, in order; None unless they were asked for."""

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.FORGET if self.forgets else Action.DELETE
        return Action.UPDATE

    @property
    def bodies(self) -> tuple[Body | None, Body | None]:
        """Before and after the change."""
        return self.before.body if self.before else None, self.after.body if self.after else None

    @property
    def fields(self) -> set[str]:
        """The names of the fields that differ."""
        before, after = self.bodies
        return {difference.path[0] for difference in differences(before or {}, after or {})}

    @property
    def owner(self) -> Address:
        """The resource that a plan lists this change under."""
        side = self.after or self.before
        return (side.owner if side else None) or self.address


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An AWS resource that this tool does not manage: reported, never touched.

    `resource` and its AWS `id` are set if it has the name of a wanted resource: an approval imports it, or the approval
    of `import_with` if it is imported together with that one. `parent` is its place in the organization chart.
    `new`: it appeared or changed since the last apply. `active` is False for a closed account.
    """

    address: Address
    detail: str
    needs: frozenset[Address] = frozenset()
    resource: Resource | None = None
    id: str = ""
    import_with: Address | None = None
    parent: Address | None = None
    new: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Inaccessible:
    """A resource that could not be read, and why. It is planned as absent, and the plan says so."""

    address: Address
    reason: str
    owner: Address | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Drift inside a resource, which no plan shows: the `part` that drifted, `what` happened to it, and the wanted and
    found values, if there are any to show.
    """

    address: Address
    part: str
    what: str
    wanted: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Blocker:
    """A reason not to apply a change. `token` is the approval that overrides it; empty if nothing does.

    `loses` lists what the change takes away: a reviewed approval covers no more than that.
    """

    address: Address
    reason: str
    hint: str = ""
    token: str = ""
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, each after those that it waits for, and the resources that the plan leaves alone.

    `retained` resources are managed, no longer in the YAML, and stay; `retained_drift` are those of them that appeared
    or changed since the last apply.
    """

    changes: tuple[Change, ...]
    waits: Mapping[Address, frozenset[Address]]
    unchanged: tuple[Resource, ...] = ()
    retained: tuple[Resource, ...] = ()
    retained_drift: frozenset[Address] = frozenset()
    unmanaged: tuple[Unmanaged, ...] = ()
    inaccessible: tuple[Inaccessible, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, action: Action) -> int:
        return sum(change.action is action for change in self.changes)


def approval(act: str, resource: object) -> str:
    """The token that approves one act on one resource: always a single shell word.

    A secret in the name is masked here, so that the token that a plan shows is the one to type.
    """
    return f"{act}:{_PLAIN.sub(lambda other: f'%{ord(other[0]):02x}', mask_name(str(resource)))}"


def make_plan(  # noqa: PLR0913 (the parts of a plan)
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    *,
    retained: Sequence[Resource] = (),
    unmanaged: Sequence[Unmanaged] = (),
    inaccessible: Sequence[Inaccessible] = (),
    forgetting: Collection[str] = (),
) -> Plan:
    """The plan that turns `have` into `want`. Raises graphlib.CycleError if resources need each other.

    `forgetting` names the kinds whose resources are forgotten instead of deleted.
    """
    changes = {
        address: Change(address, have.get(address), want.get(address), address.kind in forgetting)
        for address in sorted(want.keys() | have.keys())
        if have.get(address) != want.get(address)
    }
    waits, stays = _waits(changes, want, have), {resource.address for resource in retained}
    # Sorted, because the same plan must give the same bytes.
    order = TopologicalSorter({address: sorted(first) for address, first in waits.items()}).static_order()
    return Plan(
        changes=tuple(changes[address] for address in order),
        waits=waits,
        unchanged=tuple(want[address] for address in sorted((want.keys() & have.keys()) - changes.keys() - stays)),
        retained=tuple(retained),
        unmanaged=tuple(unmanaged),
        inaccessible=tuple(inaccessible),
    )


def _waits(
    changes: Collection[Address], want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> dict[Address, frozenset[Address]]:
    """The whole rule of order: a deletion waits for everything that needed or followed the resource; everything else
    waits for what it needs or follows.

    The rule runs through unchanged resources too: a policy is detached from an account's OU only after the policy that
    replaces it is attached.
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
