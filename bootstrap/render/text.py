"""A plan as text: what is risky or was not seen first, then every change in full, then what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.plan import INACCESSIBLE, Action, Cause
from bootstrap.render.alike import alike, closely, count
from bootstrap.render.change import SIGNS, Details, headline
from bootstrap.render.values import WIDTH, wrapped
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Blocker, Change, Inaccessible, Plan, Unmanaged
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

_INDENT = "    "
_NAMED = 8
NO_WORD = "no word overrides this"
_MARK = " (new or changed since the YAML was last applied)"
KEPT = "Ours, no longer in the YAML, and kept"
WHY_KEPT = "A missing line closes or removes none of these; to close an account, put it back with `state: closed`."


def render_plan(review: PlanReview, *, said: str = "", width: int = WIDTH) -> str:
    """The plan for its reader, its summary last. `said` stands in the place of its own."""
    plan = review.plan
    details = Details(width, plan)
    lines = (
        *_risks(review, width),
        *fitted(_unseen(plan.inaccessible), width),
        *_stories(review, [change for change in plan.changes if change.cause is not Cause.DRIFT], details),
        *_drift(review, [change for change in plan.changes if change.cause is Cause.DRIFT], details),
        *fitted([*_narrowed(review), *_kept(plan), *_foreign(plan.unmanaged)], width),
    )
    return "\n".join([*map(one_line, lines), said or summary(review)])


def summary(review: PlanReview) -> str:
    """One line: how many of each, and whether all of it is refused."""
    plan, reasons = review.plan, len(review.blockers)
    no = f"; refused for {reasons} reason{'s' * (reasons > 1)}" if reasons else ""
    if not plan:
        resources = "1 resource is" if len(plan.unchanged) == 1 else f"{len(plan.unchanged)} resources are"
        return f"Nothing to do: {resources} as the YAML says{no}."
    counts = ", ".join(
        f"{plan.count(action)} to {action}" for action in Action if action is not Action.FORGET or plan.count(action)
    )
    return f"Plan: {counts}; {len(plan.unchanged)} unchanged{no}."


def fitted(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines that break where the screen ends."""
    for line in lines:
        yield from wrapped(line, width, indent=_INDENT + line[: len(line) - len(line.lstrip())]) or [""]


def _risks(review: PlanReview, width: int) -> Iterator[str]:
    if review.blockers:
        yield "Refused:"
        for blocker in review.blockers:
            yield from _refusal(blocker, "! ", "consent", width)
    if review.approved:
        yield "Consented to:"
        for blocker in review.approved:
            yield from _refusal(blocker, "  ", "consented", width)
    if closer := closely(review):
        yield "Look closely, for something goes away or rights change:"
        yield from (f"  {SIGNS[each.change.action]} {each.change.address}{each.more}" for each in closer[:_NAMED])
        if left := count(closer[_NAMED:]):
            yield f"  … and {left} more"
        yield ""


def _refusal(blocker: Blocker, sign: str, consent: str, width: int) -> Iterator[str]:
    yield from wrapped(f"{sign}{blocker.address}: {blocker.reason}", width, indent=_INDENT)
    if blocker.hint:
        yield from wrapped(f"{_INDENT}hint: {blocker.hint}", width, indent=_INDENT * 2)
    # To be typed, so it stays on one line.
    yield f"{_INDENT}{consent}: --approve {blocker.token}" if blocker.token else f"{_INDENT}{NO_WORD}"
    yield ""


def _stories(review: PlanReview, changes: Sequence[Change], details: Details) -> Iterator[str]:
    for told in alike(review.stories(changes), refused(review)):
        for change in told.story.changes:
            yield headline(change)
            yield from details.of(change)
            yield from details.calls(change)
        if told.others:
            more = f"and the same of {len(told.others)} more: {', '.join(told.names)}"
            yield from wrapped(more, details.width, indent=_INDENT)
        yield ""


def refused(review: PlanReview) -> frozenset[Address]:
    return frozenset(blocker.address for blocker in review.blockers)


def _drift(review: PlanReview, changes: Sequence[Change], details: Details) -> Iterator[str]:
    if changes:
        yield "Changed outside since it was last applied, and put back:"
        yield ""
        yield from _stories(review, changes, details)


def narrowed(review: PlanReview) -> str:
    """What the plan is of, where it is not of everything."""
    if not review.targets:
        return ""
    left = "1 other change is" if review.left_out == 1 else f"{review.left_out} other changes are"
    return f"Only {', '.join(review.targets)}, with what that needs: {left} left out."


def loosened(review: PlanReview) -> str:
    """What the YAML says of how much is usual, where the apply of this makes it count."""
    if not review.raised:
        return ""
    return f"Usual from the next plan on, once this is applied (safety): {', '.join(review.raised)}."


def _narrowed(review: PlanReview) -> Iterator[str]:
    for line in filter(None, (narrowed(review), loosened(review))):
        yield from (line, "")


def _unseen(inaccessible: Iterable[Inaccessible]) -> Iterator[str]:
    lines = [f"  {item.address}: {item.reason}" for item in sorted(inaccessible)]
    if lines:
        yield from (f"{INACCESSIBLE.capitalize()}:", *lines, "")


def kept(plan: Plan) -> list[str]:
    """Each thing that is ours and no longer in the YAML, what came or was changed before the rest."""
    told = sorted((item.address not in plan.retained_drift, item.address) for item in plan.retained)
    return [str(address) + _MARK * (not is_known) for is_known, address in told]


def _kept(plan: Plan) -> Iterator[str]:
    lines = [f"  {line}" for line in kept(plan)]
    if lines:
        yield from (
            f"{KEPT}. {WHY_KEPT}",
            *lines,
            "",
        )


def others(unmanaged: Iterable[Unmanaged]) -> list[tuple[str, str]]:
    """The address of each thing that is not ours and what it is, what is new before the rest."""
    told = sorted(unmanaged, key=lambda item: (not item.new, item.address, item.detail))
    return [(str(item.address), item.detail + _MARK * item.new) for item in told]


def _foreign(unmanaged: Iterable[Unmanaged]) -> Iterator[str]:
    lines = [f"  {address}: {what}" for address, what in others(unmanaged)]
    if lines:
        yield from ("Not ours, and left alone:", *lines, "")
