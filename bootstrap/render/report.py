"""How an apply ended, as text: what was done, what failed and why, what was skipped, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.apply import Done, Failed, Skipped
from bootstrap.render.plan import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.apply import Outcome, Report

_PAST = {"create": "created", "update": "updated", "delete": "deleted"}


def render_outcome(outcome: Outcome) -> str:
    """One line, while the apply goes on."""
    sign, address = SIGNS[outcome.change.action], outcome.change.address
    match outcome:
        case Done():
            return f"{sign} {address}: {_PAST[outcome.change.action]}"
        case Failed(error=error):
            return f"! {address}: failed: {error.message}"
        case Skipped(because=None):
            return f"  {address}: not begun, the run was interrupted"
        case Skipped(because=because):
            return f"  {address}: skipped, it waits for {because}"


def render_report(report: Report, again: str) -> str:
    """The end of an apply. `again` is the command that goes on from here."""
    return "\n".join(_lines(report, again))


def _lines(report: Report, again: str) -> Iterator[str]:
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    skipped = [outcome for outcome in report.outcomes if isinstance(outcome, Skipped)]
    done = len(report.outcomes) - len(failed) - len(skipped)
    for outcome in failed:
        yield render_outcome(outcome)
        if outcome.error.hint:
            yield f"    hint: {outcome.error.hint}"
    for skip in skipped:
        yield render_outcome(skip)
    yield f"Applied: {done} done, {len(failed)} failed, {len(skipped)} skipped."
    if not report.complete:
        yield f"Nothing that was done is lost. To go on: {again}"
