"""What plan, apply and destroy share: a plan is read, shown, agreed to and carried out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, assert_never

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.options import Format, command
from bootstrap.cli.progress import Interruption, heartbeat, interruptibly
from bootstrap.model.errors import BlockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bootstrap.aws.api import AwsApi
    from bootstrap.cli.connection import Connection
    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.engine.targeting import Targets
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the command was called: what another one needs, that goes on from here."""

    verb: str
    directory: Path
    approve: tuple[str, ...] = ()
    yes: bool = False
    emulator: bool = False
    review: tuple[str, ...] = ()
    serial: int | None = None
    only: tuple[str, ...] = ()

    def again(self, allow: Collection[str], *, begun: bool = False) -> str:
        """The same once more, with those consents that are still asked for; of what a digest was of and is `begun`,
        which is another plan by now, the plan that has one of its own.
        """
        narrowed = [part for one in self.only for part in ("--target", one)]
        consents = [part for token in allow for part in ("--approve", token)]
        if begun and "--expect" in self.review:
            return command("plan", self.directory, *narrowed, *consents)
        serial = ["--serial", str(self.serial)] if self.serial else []
        flags = [flag for flag, given in (("--emulated", self.emulator), ("--yes", self.yes)) if given]
        return command(self.verb, self.directory, *self.review, *serial, *flags, *narrowed, *consents)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the YAML and the command line ask of a plan, known before AWS is: what is wanted, how much is usual, to what
    it is narrowed, the consents given now and at a review, and whether its calls are to be told.
    """

    want: dict[Address, Resource]
    limits: Limits
    targets: Targets
    approvals: Collection[str]
    reviewed: Collection[str]
    calls: bool


def read(connection: Connection, work: Callable[[], T], *, doing: str = "Reading AWS") -> T:
    """What `work` reads from AWS, with a sign of life while it does, and what that has cost."""
    metrics, before = connection.aws.metrics, connection.aws.metrics.so_far
    console.talk(f"{doing} …")
    with heartbeat(lambda: f"still reading: {metrics.so_far.since(before)}"):
        found = interruptibly(work)
    console.talk(f"Read: {metrics.so_far.since(before)}.")
    return found


def ask_for(
    spec: Spec,
    allow: Collection[str] | None = None,
    only: Collection[str] | None = None,
    *,
    recalled: Collection[str] = (),
    calls: bool = False,
) -> Asked:
    """What a plan is asked for. Raises BootstrapError for what the YAML does not have."""
    from bootstrap import workflow
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.resources.registry import KINDS
    from bootstrap.workflow.targets import find_targets

    limits = Limits(**spec.organization.safety.model_dump())
    return Asked(workflow.desire(spec, KINDS), limits, find_targets(only or (), spec), allow or (), recalled, calls)


def make_plan(asked: Asked, connection: Connection) -> Planned:
    """The plan that makes AWS as the YAML says."""
    return read(connection, lambda: plan_against(asked, connection.aws))


def plan_against(asked: Asked, aws: AwsApi) -> Planned:
    from bootstrap import workflow
    from bootstrap.aws.recording import Recorder
    from bootstrap.resources.registry import KINDS

    recorder = Recorder(aws)
    planned = workflow.plan(
        asked.want,
        KINDS,
        recorder if asked.calls else aws,
        approvals=asked.approvals,
        reviewed=asked.reviewed,
        limits=asked.limits,
        targets=asked.targets,
    )
    return workflow.simulate(planned, KINDS, recorder.calls) if asked.calls else planned


def make_destruction(spec: Spec, connection: Connection, approvals: Collection[str], *, calls: bool) -> Planned:
    """The plan that deletes everything that this tool manages."""
    from bootstrap import workflow
    from bootstrap.aws.recording import Recorder
    from bootstrap.resources.organization.kind import OrganizationKind
    from bootstrap.resources.registry import KINDS

    organization, recorder = next(iter(OrganizationKind().desired(spec))), Recorder(connection.aws)
    aws = recorder if calls else connection.aws
    planned = read(connection, lambda: workflow.plan_destruction(organization, KINDS, aws, approvals=approvals))
    return workflow.simulate(planned, KINDS, recorder.calls) if calls else planned


def show_plan(planned: Planned, form: Format = Format.TEXT, *, said: str = "") -> None:
    """The plan on stdout. `said` stands in the place of its own summary."""
    from bootstrap import planfile
    from bootstrap.render.markdown import render_markdown
    from bootstrap.render.text import render_text

    match form:
        case Format.TEXT:
            text = render_text(planned.review, summary=said, width=console.width())
        case Format.MARKDOWN:
            text = render_markdown(planned.review, summary=said)
        case Format.JSON:
            text = planfile.text(planfile.describe(planned.review))
        case Format.HTML:
            from bootstrap.render.html import render_html

            text = render_html(planned.review, summary=said)
        case _:
            assert_never(form)
    console.result(text.rstrip("\n"))


def carry_out(planned: Planned, connection: Connection, invocation: Invocation) -> None:
    """Apply a plan that was shown, once somebody said yes. Ends with 1 unless all of it was done."""
    from bootstrap import workflow
    from bootstrap.cli.journal import journal
    from bootstrap.engine.apply import Done, Skipped
    from bootstrap.render.report import render_outcome, render_report
    from bootstrap.resources.registry import KINDS

    planned.check()
    if not planned.plan:
        workflow.apply(
            planned, KINDS, connection.aws, serial=invocation.serial or 0
        )  # it may have something to remember
        return
    if not (invocation.yes or connection.aws.endpoint.emulated):
        ask(f"Apply this plan to {connection.whose}?")
    total, ended = len(planned.plan.changes), 0

    def tell(outcome: Outcome) -> None:
        nonlocal ended
        ended += 1
        kept.change(outcome)
        if not isinstance(outcome, Skipped):  # the end says which, and why
            console.talk(f"{render_outcome(outcome)}  [{ended}/{total}]")

    with (
        heartbeat(lambda: f"still working, {ended} of {total} changes are through"),
        journal(invocation.directory, verb=invocation.verb, aws=connection.whose, changes=total) as kept,
    ):
        connection.aws.on_attempt(kept.call)
        report = workflow.apply(
            planned,
            KINDS,
            connection.aws,
            serial=invocation.serial or 0,
            ended=tell,
            say=lambda address, text: console.talk(f"  {address}: {text} …"),
            interrupted=Interruption(),
        )
    left = _still_needed(invocation.approve, planned, report)
    begun = any(isinstance(outcome, Done) for outcome in report.outcomes)
    again = invocation.again(left, begun=begun) if connection.lasting else ""
    console.result(render_report(report, again))
    if kept.path:
        console.talk(f"Journal: {kept.path}")
    if not report.complete:
        raise exits.Ended(exits.ERROR)
    if connection.lasting:
        console.talk(f"Next: {command('show', invocation.directory)}")


def _still_needed(approvals: Collection[str], planned: Planned, report: Report) -> list[str]:
    """The approvals for going on: without those already used, which the next plan would not need."""
    from bootstrap.engine.apply import Done
    from bootstrap.engine.review import mask_address

    done = {mask_address(outcome.change.address) for outcome in report.outcomes if isinstance(outcome, Done)}
    used = {blocker.token for blocker in planned.review.approved if blocker.address in done}
    return [token for token in approvals if token not in used]


def ask(question: str) -> None:
    """Raise BlockedError unless somebody says yes."""
    if not sys.stdin.isatty():
        message = "nobody is there to say yes, and nothing was changed"
        raise BlockedError(message, hint="give --yes once you know what it does")
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        message = "nobody said yes, and nothing was changed"
        raise BlockedError(message)
