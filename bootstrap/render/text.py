"""A plan as text: first what to decide, then every change in full, then what the plan leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Cause
from bootstrap.render import headings
from bootstrap.render.change_groups import group_changes
from bootstrap.render.change_lines import call_lines, headline
from bootstrap.render.details import Details
from bootstrap.render.json_lines import INDENT, WIDTH, fitted, wrapped
from bootstrap.render.risky_changes import count_changes, risky_changes
from bootstrap.render.summary import (
    blocked_addresses,
    describe_raised_limits,
    describe_targets,
    retained_lines,
    subject,
    summarize,
    unmanaged_lines,
)
from bootstrap.render.symbols import SYMBOLS
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Blocker, Change, Plan
    from bootstrap.engine.review import PlanReview

# Of the changes to review carefully.
_SHOWN: Final = 8


def render_text(review: PlanReview, *, summary: str = "", width: int = WIDTH) -> str:
    """The plan as text, its summary in the last line. `summary` replaces the plan's own."""
    plan, details = review.plan, Details(width, review.plan)
    drift = [change for change in plan.changes if change.cause is Cause.DRIFT]
    asked = [change for change in plan.changes if change.cause is not Cause.DRIFT]
    lines = (
        *_blockers(review, width),
        *_risky_changes(review),
        *fitted(_inaccessible(plan), width),
        *_changes(review, asked, details),
        *([headings.DRIFT, ""] if drift else []),
        *_changes(review, drift, details),
        *fitted([*_scope(review), *_retained(plan), *_unmanaged(plan)], width),
    )
    return "\n".join([*map(one_line, lines), summary or summarize(review)])


def _blockers(review: PlanReview, width: int) -> Iterator[str]:
    if review.blockers:
        yield f"{headings.BLOCKED}:"
        for blocker in review.blockers:
            yield from _blocker(blocker, "! ", headings.APPROVE_WITH, width)
    if review.approved:
        yield f"{headings.APPROVED}:"
        for blocker in review.approved:
            yield from _blocker(blocker, "  ", headings.APPROVED_WITH, width)


def _blocker(blocker: Blocker, symbol: str, approve_with: str, width: int) -> Iterator[str]:
    yield from wrapped(f"{symbol}{subject(blocker.address)}: {blocker.reason}", width, indent=INDENT)
    if blocker.hint:
        yield from wrapped(f"{INDENT}hint: {blocker.hint}", width, indent=INDENT * 2)
    # A command is never wrapped.
    approve = f"{approve_with}: --approve {blocker.token}" if blocker.token else headings.NOT_OVERRIDABLE
    yield f"{INDENT}{approve}"
    yield ""


def _risky_changes(review: PlanReview) -> Iterator[str]:
    risky = risky_changes(review)
    if not risky:
        return
    yield headings.REVIEW_CAREFULLY
    yield from (f"  {SYMBOLS[each.change.action]} {each.change.address}{each.more}" for each in risky[:_SHOWN])
    if more := count_changes(risky[_SHOWN:]):
        yield f"  … and {more} more"
    yield ""


def _inaccessible(plan: Plan) -> Iterator[str]:
    lines = [f"  {item.address}: {item.reason}" for item in sorted(plan.inaccessible)]
    yield from _section(f"{headings.INACCESSIBLE}:", lines)


def _changes(review: PlanReview, changes: Sequence[Change], details: Details) -> Iterator[str]:
    for group in group_changes(review.stories(changes), blocked_addresses(review)):
        for change in group.story.changes:
            yield headline(change)
            yield from details.of(change)
            yield from call_lines(change, details.width)
        if group.others:
            same = f"and the same for {len(group.others)} more: {', '.join(group.other_names)}"
            yield from wrapped(same, details.width, indent=INDENT)
        yield ""


def _scope(review: PlanReview) -> Iterator[str]:
    for sentence in filter(None, (describe_targets(review), describe_raised_limits(review))):
        yield from (sentence, "")


def _retained(plan: Plan) -> Iterator[str]:
    heading = f"{headings.RETAINED}. {headings.RETAINED_NOTE}"
    yield from _section(heading, [f"  {line}" for line in retained_lines(plan)])


def _unmanaged(plan: Plan) -> Iterator[str]:
    lines = [f"  {address}: {detail}" for address, detail in unmanaged_lines(plan)]
    yield from _section(f"{headings.UNMANAGED}:", lines)


def _section(heading: str, lines: Sequence[str]) -> Iterable[str]:
    return (heading, *lines, "") if lines else ()
