"""How an apply ended, as text: what was done, what failed and why, what was skipped, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.engine.plan import Action
from bootstrap.render.hints import hint_for
from bootstrap.render.symbols import SYMBOLS
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.apply import Outcome, Report

_PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted", Action.FORGET: "released"}


def render_outcome(outcome: Outcome) -> str:
    """One line, while the apply goes on. Why a change failed is told once, at the end."""
    sign, address = SYMBOLS[outcome.change.action], one_line(str(outcome.change.address))
    match outcome:
        case Done():
            return f"{sign} {address}: {_PAST[outcome.change.action]}"
        case Failed():
            return f"! {address}: failed"
        case Skipped(because=None):
            return f"  {address}: not begun"
        case Skipped(because=because):
            return f"  {address}: skipped, it waits for {because}"


def render_report(report: Report, again: str) -> str:
    """The end of an apply. `again` is the command that goes on from here."""
    return "\n".join(_lines(report, again))


def _lines(report: Report, again: str) -> Iterator[str]:
    done = [outcome for outcome in report.outcomes if isinstance(outcome, Done)]
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    skipped = [outcome for outcome in report.outcomes if isinstance(outcome, Skipped)]
    for outcome in failed:
        yield f"{render_outcome(outcome)}: {outcome.error.message}"
        if hint := hint_for(outcome.error):
            yield f"    hint: {hint}"
    for skip in skipped:
        yield render_outcome(skip)
    if any(skip.because is None for skip in skipped):
        yield "Interrupted: what was in flight has ended, and nothing more was begun."
    yield f"Applied: {_counts(done)}, {len(failed)} failed, {len(skipped)} skipped."
    if not report.complete and again:
        yield f"Nothing that was done is lost. To go on: {again}"


def _counts(done: list[Done]) -> str:
    counts = ((action, sum(outcome.change.action is action for outcome in done)) for action in Action)
    return ", ".join(f"{count} {_PAST[action]}" for action, count in counts if count) or "0 done"
