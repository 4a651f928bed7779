"""The headings and sentences that every format of a plan uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import WHOLE, Action

if TYPE_CHECKING:
    from bootstrap.engine.plan import Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

BLOCKED: Final = "Blocked"
APPROVED: Final = "Approved"
APPROVE_WITH: Final = "approve with"
APPROVED_WITH: Final = "approved with"
NOT_OVERRIDABLE: Final = "Cannot be overridden with --approve"
REVIEW_CAREFULLY: Final = "Review carefully: deletions and permission changes"
INACCESSIBLE: Final = "Inaccessible (planned as absent)"
DRIFT: Final = "Drift: changed outside org-bootstrap, reverted by this plan"
RETAINED: Final = "Managed, removed from the YAML, retained"
RETAINED_NOTE: Final = (
    "Deleting a line never deletes the resource. To close an account, restore its line with `state: closed`."
)
UNMANAGED: Final = "Unmanaged (ignored)"
TO_APPLY: Final = "To apply exactly this plan"
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


def subject(address: Address) -> str:
    """The subject of a blocker: a resource, or the whole plan."""
    return "whole plan" if address == WHOLE else str(address)


def targets(review: PlanReview) -> str:
    """What the plan is narrowed to; empty for a plan of everything."""
    if not review.targets:
        return ""
    left_out = f"{counted(review.left_out, 'other change')} left out"
    return f"Targets: {', '.join(review.targets)}, with what they depend on; {left_out}."


def raised_limits(review: PlanReview) -> str:
    """The limits of `safety` that this plan may not use yet; empty if there are none."""
    if not review.raised:
        return ""
    return f"Raised limits in `safety`, in effect after a complete apply: {', '.join(review.raised)}."


def retained(plan: Plan) -> list[str]:
    """A line for each retained resource, new and changed ones first."""
    listed = sorted((item.address not in plan.retained_drift, item.address) for item in plan.retained)
    return [str(address) if is_known else f"{address}{_NEW}" for is_known, address in listed]


def unmanaged(plan: Plan) -> list[tuple[str, str]]:
    """The address and the description of each unmanaged resource, new and changed ones first."""
    listed = sorted(plan.unmanaged, key=lambda item: (not item.new, item.address, item.detail))
    return [(str(item.address), item.detail + _NEW * item.new) for item in listed]
