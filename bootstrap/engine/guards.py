"""Reasons not to apply a plan, and the approvals that override them: a pure step between plan and apply.

Approvals are tokens, as typed after `--approve`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Action, Blocker, approval

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context, Kind, Sides
    from bootstrap.engine.plan import Plan, Unmanaged
    from bootstrap.model.resource import Resource


def guard(plan: Plan, kinds: Mapping[str, Kind], context: Context, sides: Sides) -> list[Blocker]:
    """Every blocker of the plan's changes, approved or not."""
    found = [*_needed_by_what_stays(plan), *_name_taken(plan)]
    for change in plan.changes:
        found.extend(kinds[change.address.kind].guard(context, change, sides))
    return found


def is_approved(blocker: Blocker, approvals: Collection[str]) -> bool:
    """Whether one of the approvals overrides the blocker. `accounts:40` approves up to 40."""
    if not blocker.token:
        return False
    if blocker.token in approvals:
        return True
    act, number = _numbered(blocker.token)
    return number is not None and any(
        other == act and most is not None and most >= number for other, most in map(_numbered, approvals)
    )


def unneeded(approvals: Collection[str], blockers: Iterable[Blocker]) -> tuple[str, ...]:
    """The approvals that override nothing, such as misspelled ones. `accounts:40` is an upper bound, so it is fine."""
    tokens = {blocker.token for blocker in blockers}
    return tuple(sorted(token for token in set(approvals) - tokens if _numbered(token)[1] is None))


def _numbered(token: str) -> tuple[str, int | None]:
    act, _, number = token.partition(":")
    return act, int(number) if act in {"accounts", "deletes"} and number.isascii() and number.isdigit() else None


def imported(unmanaged: Iterable[Unmanaged], approvals: Collection[str]) -> list[Unmanaged]:
    return [item for item in unmanaged if item.resource and import_token(item) in approvals]


def import_token(unmanaged: Unmanaged) -> str:
    return approval("adopt", unmanaged.import_with or unmanaged.address)


def import_blocker(unmanaged: Unmanaged) -> Blocker:
    return Blocker(
        unmanaged.address,
        f"the name is taken by an unmanaged resource: {unmanaged.detail}",
        hint="rename yours, or import the existing one with this approval; the plan then shows the overwritten values",
        token=import_token(unmanaged),
    )


def without_blocked(plan: Plan, blockers: Iterable[Blocker]) -> Plan:
    """The plan without the unmanaged resources that a blocker already names."""
    tokens = {blocker.token for blocker in blockers}
    rest = (item for item in plan.unmanaged if item.resource is None or import_token(item) not in tokens)
    return replace(plan, unmanaged=tuple(rest))


def left_behind(plan: Plan) -> Iterator[Blocker]:
    """Blockers of a destroy: the contents of an inaccessible resource would stay without a tag of ours."""
    for item in plan.inaccessible:
        yield Blocker(
            item.address,
            f"its contents could not be read and would stay behind: {item.reason}",
            token=approval("forget", item.address),
        )


def _needed_by_what_stays(plan: Plan) -> Iterator[Blocker]:
    deleted = {change.address for change in plan.changes if change.after is None}
    stays: list[Resource | Unmanaged] = [*plan.retained, *plan.unmanaged]
    for thing in stays:
        for need in sorted(thing.needs & deleted):
            yield Blocker(
                need,
                f"{thing.address} is not deleted and is still inside {need}",
                hint=f"put {need} back into the YAML, or move {thing.address} away first",
            )


def _name_taken(plan: Plan) -> Iterator[Blocker]:
    created = {change.address for change in plan.changes if change.action is Action.CREATE}
    for item in plan.unmanaged:
        if item.resource is not None and item.address in created and item.import_with is None:
            yield import_blocker(item)
