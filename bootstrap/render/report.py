"""The report of an apply as text: completed, failed and skipped changes, and how to continue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.engine.plan import Action
from bootstrap.engine.review import mask_address
from bootstrap.render.hints import hint_for
from bootstrap.render.symbols import SYMBOLS
from bootstrap.secrecy.escape import one_line
from bootstrap.secrecy.mask import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.model.resource import Address

_PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted", Action.FORGET: "forgotten"}


def render_outcome(outcome: Outcome) -> str:
    """One line per change during the apply. The error of a failed change is in the report at the end."""
    sign, address = SYMBOLS[outcome.change.action], _name(outcome.change.address)
    match outcome:
        case Done():
            return f"{sign} {address}: {_PAST[outcome.change.action]}"
        case Failed():
            return f"! {address}: failed"
        case Skipped(because=because):
            return f"  {address}: {f'skipped, depends on {_name(because)}' if because else 'not started'}"


def render_report(report: Report, again: str) -> str:
    """The report at the end. `again` is the command that continues, if there is one."""
    return "\n".join(_lines(report, again))


def _lines(report: Report, again: str) -> Iterator[str]:
    done = [outcome for outcome in report.outcomes if isinstance(outcome, Done)]
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    skipped = [outcome for outcome in report.outcomes if isinstance(outcome, Skipped)]
    for outcome in failed:
        yield f"{render_outcome(outcome)}: {mask_text(outcome.error.message)}"
        if hint := hint_for(outcome.error):
            yield f"    hint: {hint}"
    for skip in skipped:
        yield render_outcome(skip)
    if any(skip.because is None for skip in skipped):
        yield "Interrupted: writes in flight were finished, and no more were started."
    yield f"Applied: {_counts(done)}, {len(failed)} failed, {len(skipped)} skipped."
    if not report.complete and again:
        yield f"Completed changes are kept. To continue: {again}"


def _counts(done: list[Done]) -> str:
    counts = ((action, sum(outcome.change.action is action for outcome in done)) for action in Action)
    return ", ".join(f"{count} {_PAST[action]}" for action, count in counts if count) or "0 completed"


def _name(address: Address) -> str:
    """An address without a secret that somebody wrote into a name."""
    return one_line(str(mask_address(address)))
