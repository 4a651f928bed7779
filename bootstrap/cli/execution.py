"""A plan is confirmed and applied, for apply and destroy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.cli import console, exits
from bootstrap.cli.confirm import confirm
from bootstrap.cli.progress import Interruption, Progress, heartbeat
from bootstrap.cli.usage import command

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from bootstrap.cli.connection import Connection
    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.workflow import Planned


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line, for the one that continues after a failure or an interruption."""

    verb: str
    directory: Path
    approvals: frozenset[str] = frozenset()
    yes: bool = False
    emulated: bool = False
    review: tuple[str, ...] = ()
    serial: int | None = None
    targets: tuple[str, ...] = ()

    def again(self, approvals: Collection[str], *, begun: bool = False) -> str:
        """The same command with the approvals still needed. Once an apply of a digest has `begun`, that digest fits
        no plan any more: then it is the `plan` that prints the next one.
        """
        targets = [part for target in self.targets for part in ("--target", target)]
        tokens = [part for token in sorted(approvals) for part in ("--approve", token)]
        if begun and "--expect" in self.review:
            return command("plan", self.directory, *targets, *tokens)
        serial = ["--serial", str(self.serial)] if self.serial else []
        flags = [flag for flag, given in (("--emulated", self.emulated), ("--yes", self.yes)) if given]
        return command(self.verb, self.directory, *self.review, *serial, *flags, *targets, *tokens)


def execute(
    planned: Planned, connection: Connection, invocation: Invocation, progress: type[Progress] = Progress
) -> None:
    """Apply a plan that was shown, after confirmation. Ends with exit code 1 unless every change completes."""
    from bootstrap import workflow
    from bootstrap.resources.registry import KINDS

    planned.check()
    if not planned.plan:
        workflow.apply(planned, KINDS, serial=invocation.serial or 0)  # the serial and the last-applied record
        return
    if not (invocation.yes or connection.aws.endpoint.emulated):
        confirm(f"Apply this plan to {connection.whose}?")
    report = _apply(planned, connection, invocation, progress(planned.plan.changes))
    if not report.complete:
        raise exits.Ended(exits.ERROR)
    if connection.persistent:
        console.log(f"Next: {command('show', invocation.directory)}")


def _apply(planned: Planned, connection: Connection, invocation: Invocation, progress: Progress) -> Report:
    from bootstrap import workflow
    from bootstrap.cli.journal import journal
    from bootstrap.render.report import render_report
    from bootstrap.resources.registry import KINDS

    def ended(outcome: Outcome) -> None:
        kept.change(outcome)
        progress.ended(outcome)

    with (
        heartbeat(lambda: f"{progress.complete}/{progress.total} changes complete"),
        journal(invocation.directory, verb=invocation.verb, aws=connection.whose, changes=progress.total) as kept,
    ):
        connection.aws.watch(kept.call)
        report = workflow.apply(
            planned,
            KINDS,
            serial=invocation.serial or 0,
            ended=ended,
            say=progress.waiting,
            interrupted=Interruption(),
        )
    console.result(render_report(report, _again(planned, report, invocation) if connection.persistent else ""))
    if kept.path:
        console.log(f"Journal: {kept.path}")
    return report


def _again(planned: Planned, report: Report, invocation: Invocation) -> str:
    """The command that continues."""
    from bootstrap.engine.apply import Done

    begun = any(isinstance(outcome, Done) for outcome in report.outcomes)
    return invocation.again(approvals_left(planned, report, invocation), begun=begun)


def approvals_left(planned: Planned, report: Report, invocation: Invocation) -> frozenset[str]:
    """The approvals that continuing needs. Those of completed changes are left out, since an approval that nothing
    needs is an error. The blast radius of the rest has a token of its own, unless a reviewed plan covers it.
    """
    from bootstrap.engine import blast_radius
    from bootstrap.engine.apply import Done

    done = {outcome.change.address for outcome in report.outcomes if isinstance(outcome, Done)}
    used = {approved.token for approved in planned.review.consented if approved.address in done}
    left = {token for token in invocation.approvals - used if not blast_radius.is_word(token)}
    return frozenset(left if invocation.review else {*left, *planned.words_left(done)})
