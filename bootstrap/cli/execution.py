"""A plan is confirmed and applied, for apply and destroy, with its progress on stderr and its end by Ctrl-C."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.connection import Connection
from bootstrap.cli.journal import journal
from bootstrap.cli.options import command
from bootstrap.engine.apply import Done, Outcome, Report, Skipped
from bootstrap.engine.plan import Change
from bootstrap.engine.review import mask_address
from bootstrap.model.resource import Address
from bootstrap.render.report import render_outcome, render_report

if TYPE_CHECKING:
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


class Progress:
    """Logs each change of an apply as it ends."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.total = len(changes)
        self.complete = 0

    def ended(self, outcome: Outcome) -> None:
        """Count a change and log it; the report at the end lists skipped changes."""
        self.complete += 1
        if not isinstance(outcome, Skipped):
            console.log(f"{render_outcome(outcome)}  [{self.complete}/{self.total}]")

    def waiting(self, address: Address, text: str) -> None:
        console.log(f"  {mask_address(address)}: {text} …")


class ProgressByKind(Progress):
    """Logs a kind of resource once all its changes have ended: for the demo, which shows little."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__(changes)
        self._all = Counter(change.address.kind for change in changes)
        self._left = self._all.copy()

    def ended(self, outcome: Outcome) -> None:
        self.complete += 1
        kind = outcome.change.address.kind
        self._left[kind] -= 1
        if not self._left[kind]:
            console.result(f"  {kind:<16}{self._all[kind]:>3} complete  [{self.complete}/{self.total}]")


class _Interruption:
    """Ctrl-C during an apply: the first lets writes in flight finish, the second exits at once.

    It is called in a signal handler, possibly in the middle of a write to the console, so it logs in a thread.
    """

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> None:
        react = _exit if self._asked else _wait
        self._asked = True
        threading.Thread(target=react, name="interruption", daemon=True).start()


def _wait() -> None:
    console.log("Interrupted: finishing writes in flight, starting no more. Press Ctrl-C again to exit at once.")


def _exit() -> None:
    console.log("Exited without waiting. Run the same command again to continue.")
    # As after any crash, the next run finds what this one began.
    os._exit(exits.ERROR)


def execute(
    planned: Planned, connection: Connection, invocation: Invocation, progress: type[Progress] = Progress
) -> None:
    """Apply a plan that was shown, after confirmation. Ends with exit code 1 unless every change completes."""
    from bootstrap import workflow
    from bootstrap.resources.registry import KINDS

    planned.check()
    if not planned.plan:
        # Nothing to change, but the serial and the last-applied record.
        workflow.apply(planned, KINDS, connection.aws, serial=invocation.serial or 0)
        return
    if not (invocation.yes or connection.aws.endpoint.emulated):
        console.confirm(f"Apply this plan to {connection.whose}?")
    shown = progress(planned.plan.changes)

    def ended(outcome: Outcome) -> None:
        kept.change(outcome)
        shown.ended(outcome)

    with (
        console.heartbeat(lambda: f"{shown.complete}/{shown.total} changes complete"),
        journal(invocation.directory, verb=invocation.verb, aws=connection.whose, changes=shown.total) as kept,
    ):
        connection.aws.on_attempt(kept.call)
        report = workflow.apply(
            planned,
            KINDS,
            connection.aws,
            serial=invocation.serial or 0,
            ended=ended,
            say=shown.waiting,
            interrupted=_Interruption(),
        )
    again = ""
    if connection.persistent:
        begun = any(isinstance(outcome, Done) for outcome in report.outcomes)
        again = invocation.again(approvals_left(invocation.approvals, planned, report), begun=begun)
    console.result(render_report(report, again))
    if kept.path:
        console.log(f"Journal: {kept.path}")
    if not report.complete:
        raise typer.Exit(exits.ERROR)
    if connection.persistent:
        console.log(f"Next: {command('show', invocation.directory)}")


def approvals_left(approvals: frozenset[str], planned: Planned, report: Report) -> frozenset[str]:
    """The approvals that continuing needs: without those of completed changes, which the next plan would reject as
    unneeded.
    """
    done = {mask_address(outcome.change.address) for outcome in report.outcomes if isinstance(outcome, Done)}
    return approvals - {blocker.token for blocker in planned.review.approved if blocker.address in done}
