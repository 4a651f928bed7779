"""Sentences about a plan as a whole, the same in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import WHOLE, Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

_NEW: Final = " (new or changed since the last apply)"


def summarize(review: PlanReview) -> str:
    """One line: the number of changes by action, and of blockers."""
    plan, blockers = review.plan, len(review.blockers)
    blocked = f"; blocked for {counted(blockers, 'reason')}" if blockers else ""
    if not plan:
        matches = "matches" if len(plan.unchanged) == 1 else "match"
        return f"Nothing to do: {counted(len(plan.unchanged), 'resource')} {matches} the YAML{blocked}."
    counts = ", ".join(
        f"{plan.count(action)} to {action}" for action in Action if action is not Action.FORGET or plan.count(action)
    )
    return f"Plan: {counts}; {len(plan.unchanged)} unchanged{blocked}."


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def count_actions(changes: Iterable[Change]) -> dict[Action, str]:
    """The number of changes of each action, with their kind if that is not their owner's: `1 attachment`."""
    found: dict[Action, list[Change]] = {}
    for change in changes:
        found.setdefault(change.action, []).append(change)
    return {action: _count_kind(found[action]) for action in Action if action in found}


def _count_kind(changes: list[Change]) -> str:
    kinds = {change.address.kind for change in changes}
    is_other = len(kinds) == 1 and kinds.isdisjoint(change.owner.kind for change in changes)
    return counted(len(changes), kinds.pop()) if is_other else str(len(changes))


def subject(address: Address) -> str:
    """What a blocker is about: a resource, or the whole plan."""
    return "whole plan" if address == WHOLE else str(address)


def describe_targets(review: PlanReview) -> str:
    """What the plan is narrowed to; empty for a plan of everything."""
    if not review.targets:
        return ""
    left_out = f"{counted(review.left_out, 'other change')} left out"
    return f"Targets: {', '.join(review.targets)}, with what they depend on; {left_out}."


def describe_raised_limits(review: PlanReview) -> str:
    """The limits of `safety` that this plan may not use yet; empty if there are none."""
    if not review.raised:
        return ""
    return f"Raised limits in `safety`, in effect once this plan has been applied: {', '.join(review.raised)}."


def retained_lines(plan: Plan) -> list[str]:
    """A line for each retained resource, new and changed ones first."""
    listed = sorted((item.address not in plan.retained_drift, item.address) for item in plan.retained)
    return [str(address) + _NEW * (not is_known) for is_known, address in listed]


def unmanaged_lines(plan: Plan) -> list[tuple[str, str]]:
    """The address and the description of each unmanaged resource, new and changed ones first."""
    listed = sorted(plan.unmanaged, key=lambda item: (not item.new, item.address, item.detail))
    return [(str(item.address), item.detail + _NEW * item.new) for item in listed]


def blocked_addresses(review: PlanReview) -> frozenset[Address]:
    return frozenset(blocker.address for blocker in review.blockers)
