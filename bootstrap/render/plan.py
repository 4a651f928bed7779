"""A plan as text: what is risky or was not seen first, then every change in full, then what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.plan import UNSEEN, Action, Cause
from bootstrap.render.alike import alike, closely, count
from bootstrap.render.change import SIGNS, Details, headline
from bootstrap.render.values import WIDTH, wrapped
from bootstrap.spelling import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.model import Address
    from bootstrap.plan import Change, Foreign, Plan, Refusal, Unseen
    from bootstrap.proposal import Proposal

_INDENT = "    "
_NAMED = 8
NO_WORD = "no word overrides this"
_MARK = " (new or changed since the YAML was last applied)"
KEPT = "Ours, no longer in the YAML, and kept"
WHY_KEPT = "A missing line closes or removes none of these; to close an account, put it back with `state: closed`."


def render_plan(proposal: Proposal, *, said: str = "", width: int = WIDTH) -> str:
    """The plan for its reader, its summary last. `said` stands in the place of its own."""
    plan = proposal.plan
    details = Details(width, plan)
    lines = (
        *_risks(proposal, width),
        *fitted(_unseen(plan.unseen), width),
        *_stories(proposal, [change for change in plan.changes if change.cause is not Cause.DRIFT], details),
        *_drift(proposal, [change for change in plan.changes if change.cause is Cause.DRIFT], details),
        *fitted([*_narrowed(proposal), *_kept(plan), *_foreign(plan.foreign)], width),
    )
    return "\n".join([*map(one_line, lines), said or summary(proposal)])


def summary(proposal: Proposal) -> str:
    """One line: how many of each, and whether all of it is refused."""
    plan, reasons = proposal.plan, len(proposal.refusals)
    no = f"; refused for {reasons} reason{'s' * (reasons > 1)}" if reasons else ""
    if not plan:
        resources = "1 resource is" if len(plan.unchanged) == 1 else f"{len(plan.unchanged)} resources are"
        return f"Nothing to do: {resources} as the YAML says{no}."
    counts = ", ".join(
        f"{plan.count(action)} to {action}" for action in Action if action is not Action.RELEASE or plan.count(action)
    )
    return f"Plan: {counts}; {len(plan.unchanged)} unchanged{no}."


def fitted(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines that break where the screen ends."""
    for line in lines:
        yield from wrapped(line, width, indent=_INDENT + line[: len(line) - len(line.lstrip())]) or [""]


def _risks(proposal: Proposal, width: int) -> Iterator[str]:
    if proposal.refusals:
        yield "Refused:"
        for refusal in proposal.refusals:
            yield from _refusal(refusal, "! ", "consent", width)
    if proposal.consented:
        yield "Consented to:"
        for refusal in proposal.consented:
            yield from _refusal(refusal, "  ", "consented", width)
    if closer := closely(proposal):
        yield "Look closely, for something goes away or rights change:"
        yield from (f"  {SIGNS[each.change.action]} {each.change.address}{each.more}" for each in closer[:_NAMED])
        if left := count(closer[_NAMED:]):
            yield f"  … and {left} more"
        yield ""


def _refusal(refusal: Refusal, sign: str, consent: str, width: int) -> Iterator[str]:
    yield from wrapped(f"{sign}{refusal.address}: {refusal.reason}", width, indent=_INDENT)
    if refusal.hint:
        yield from wrapped(f"{_INDENT}hint: {refusal.hint}", width, indent=_INDENT * 2)
    # To be typed, so it stays on one line.
    yield f"{_INDENT}{consent}: --allow {refusal.token}" if refusal.token else f"{_INDENT}{NO_WORD}"
    yield ""


def _stories(proposal: Proposal, changes: Sequence[Change], details: Details) -> Iterator[str]:
    for told in alike(proposal.stories(changes), refused(proposal)):
        for change in told.story.changes:
            yield headline(change)
            yield from details.of(change)
            yield from details.calls(change)
        if told.others:
            more = f"and the same of {len(told.others)} more: {', '.join(told.names)}"
            yield from wrapped(more, details.width, indent=_INDENT)
        yield ""


def refused(proposal: Proposal) -> frozenset[Address]:
    return frozenset(refusal.address for refusal in proposal.refusals)


def _drift(proposal: Proposal, changes: Sequence[Change], details: Details) -> Iterator[str]:
    if changes:
        yield "Changed outside since it was last applied, and put back:"
        yield ""
        yield from _stories(proposal, changes, details)


def narrowed(proposal: Proposal) -> str:
    """What the plan is of, where it is not of everything."""
    if not proposal.only:
        return ""
    left = "1 other change is" if proposal.left_out == 1 else f"{proposal.left_out} other changes are"
    return f"Only {', '.join(proposal.only)}, with what that needs: {left} left out."


def loosened(proposal: Proposal) -> str:
    """What the YAML says of how much is usual, where the apply of this makes it count."""
    if not proposal.loosened:
        return ""
    return f"Usual from the next plan on, once this is applied (safety): {', '.join(proposal.loosened)}."


def _narrowed(proposal: Proposal) -> Iterator[str]:
    for line in filter(None, (narrowed(proposal), loosened(proposal))):
        yield from (line, "")


def _unseen(unseen: Iterable[Unseen]) -> Iterator[str]:
    lines = [f"  {item.address}: {item.reason}" for item in sorted(unseen)]
    if lines:
        yield from (f"{UNSEEN.capitalize()}:", *lines, "")


def kept(plan: Plan) -> list[str]:
    """Each thing that is ours and no longer in the YAML, what came or was changed before the rest."""
    told = sorted((item.address not in plan.strayed, item.address) for item in plan.kept)
    return [str(address) + _MARK * (not is_known) for is_known, address in told]


def _kept(plan: Plan) -> Iterator[str]:
    lines = [f"  {line}" for line in kept(plan)]
    if lines:
        yield from (
            f"{KEPT}. {WHY_KEPT}",
            *lines,
            "",
        )


def others(foreign: Iterable[Foreign]) -> list[tuple[str, str]]:
    """The address of each thing that is not ours and what it is, what is new before the rest."""
    told = sorted(foreign, key=lambda item: (not item.new, item.address, item.detail))
    return [(str(item.address), item.detail + _MARK * item.new) for item in told]


def _foreign(foreign: Iterable[Foreign]) -> Iterator[str]:
    lines = [f"  {address}: {what}" for address, what in others(foreign)]
    if lines:
        yield from ("Not ours, and left alone:", *lines, "")
