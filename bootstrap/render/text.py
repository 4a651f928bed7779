"""A plan as text: first what to decide, then every change in full, then what the plan leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.render import sentences
from bootstrap.render.changes import asked_and_drift, call_lines, count_rest, headline, risky_changes
from bootstrap.render.details import Details
from bootstrap.render.lines import INDENT, SYMBOLS, WIDTH, fitted, wrapped
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Blocker
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.changes import ChangeGroup

# Of the changes to review carefully.
_SHOWN: Final = 8


def render_text(review: PlanReview, *, summary: str = "", width: int = WIDTH) -> str:
    """The plan as text, its summary in the last line. `summary` replaces the plan's own."""
    return "\n".join([*map(one_line, _lines(review, width)), summary or sentences.summarize(review)])


def _lines(review: PlanReview, width: int) -> Iterator[str]:
    plan, details = review.plan, Details(width, review.plan)
    yield from _blockers(sentences.BLOCKED, review.blockers, "! ", sentences.APPROVE_WITH, width)
    yield from _blockers(sentences.APPROVED, review.approved, "  ", sentences.APPROVED_WITH, width)
    yield from _risky_changes(review)
    inaccessible = [f"  {item.address}: {item.reason}" for item in sorted(plan.inaccessible)]
    yield from _section(f"{sentences.INACCESSIBLE}:", inaccessible, width)
    asked, drift = asked_and_drift(review)
    yield from _changes(asked, details)
    if drift:
        yield from (sentences.DRIFT, "")
        yield from _changes(drift, details)
    for sentence in filter(None, (sentences.targets(review), sentences.raised_limits(review))):
        yield from fitted([sentence, ""], width)
    retained = [f"  {line}" for line in sentences.retained(plan)]
    yield from _section(f"{sentences.RETAINED}. {sentences.RETAINED_NOTE}", retained, width)
    unmanaged = [f"  {address}: {detail}" for address, detail in sentences.unmanaged(plan)]
    yield from _section(f"{sentences.UNMANAGED}:", unmanaged, width)


def _blockers(heading: str, blockers: Sequence[Blocker], symbol: str, approve_with: str, width: int) -> Iterator[str]:
    if blockers:
        yield f"{heading}:"
    for blocker in blockers:
        subject = sentences.subject(blocker.address)
        yield from wrapped(f"{symbol}{subject}: {blocker.reason}", width, indent=INDENT)
        if blocker.hint:
            yield from wrapped(f"{INDENT}hint: {blocker.hint}", width, indent=INDENT * 2)
        # A command is never wrapped.
        approve = f"{approve_with}: --approve {blocker.token}" if blocker.token else sentences.NOT_OVERRIDABLE
        yield f"{INDENT}{approve}"
        yield ""


def _risky_changes(review: PlanReview) -> Iterator[str]:
    risky = risky_changes(review)
    if risky:
        yield sentences.REVIEW_CAREFULLY
        yield from (f"  {SYMBOLS[change.action]} {change.address}{group.more}" for change, group in risky[:_SHOWN])
        yield from (f"  {line}" for line in count_rest(risky[_SHOWN:]))
        yield ""


def _changes(groups: Iterable[ChangeGroup], details: Details) -> Iterator[str]:
    for group in groups:
        for change in group.story.changes:
            yield headline(change)
            yield from details.of(change)
            yield from call_lines(change, details.width)
        if group.others:
            same = f"and the same for {len(group.others)} more: {', '.join(group.other_names)}"
            yield from wrapped(same, details.width, indent=INDENT)
        yield ""


def _section(heading: str, lines: Sequence[str], width: int) -> Iterator[str]:
    if lines:
        yield from fitted([heading, *lines, ""], width)
