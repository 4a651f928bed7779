"""The verbs that need an AWS."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.annotations import InAnnotations, annotate, annotated
from bootstrap.cli.connection import connect, summed_up
from bootstrap.cli.locking import locked
from bootstrap.cli.locking import unlock as break_lock
from bootstrap.cli.observing import check_can_keep_snapshot, keep_snapshot, plan_from, take_snapshot
from bootstrap.cli.offline import validated
from bootstrap.cli.options import (
    HERE,
    Approve,
    Directory,
    DriftFormat,
    Format,
    InEmulator,
    InFormat,
    ShowApiCalls,
    Target,
    Yes,
    command,
    example,
)
from bootstrap.cli.planning import Invocation, ask, ask_for, carry_out, make_destruction, make_plan, read, show_plan
from bootstrap.cli.reviewing import check_can_keep_plan, keep_plan, read_review, tell_how_to_bind
from bootstrap.model.errors import BootstrapError

if TYPE_CHECKING:
    from bootstrap.model.resource import Address


def add_to(app: typer.Typer) -> None:
    """Register the verbs, in the order in which a new user needs them."""
    app.command(epilog=example("org-bootstrap plan --detailed-exitcode --out plan.json"))(plan)
    app.command(
        epilog=example(
            "org-bootstrap apply --yes --approve close:developer-alice\n  org-bootstrap apply plan.json --yes"
        )
    )(apply)
    app.command(epilog=example("org-bootstrap drift --format markdown"))(drift)
    app.command(epilog=example("org-bootstrap snapshot --out snapshot.json --redact"))(snapshot)
    app.command(epilog=example("org-bootstrap show"))(show)
    app.command(epilog=example("org-bootstrap destroy --approve destroy:example"))(destroy)
    app.command(epilog=example("org-bootstrap unlock --yes"))(unlock)


def plan(
    directory: Directory = HERE,
    emulator: InEmulator = False,
    approve: Approve = None,
    target: Target = None,
    show_api_calls: ShowApiCalls = False,
    form: InFormat = Format.TEXT,
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", help="Plan against what `snapshot` wrote: no AWS, no credentials.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the plan to this file, too: what `apply` may be given.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there are changes to apply.")
    ] = False,
    annotations: InAnnotations = None,
) -> None:
    """Show exactly what apply would change. Only reads.

    The plan that --out writes binds the apply that it is given to. So does its digest, which ends the plan: for
    where a file cannot go, such as a comment.
    """
    if snapshot and emulator:
        raise typer.BadParameter(
            "a snapshot and --emulated are two AWS, and a plan is against one", param_hint="--snapshot"
        )
    # What a machine reads, or a comment shows, is the plan alone.
    alone = form is not Format.TEXT
    say = console.talk if alone else console.result
    with annotated(annotations, aside=alone):
        spec = validated(directory)
    asked = ask_for(spec, approve, target, calls=show_api_calls)
    if out:
        check_can_keep_plan(out)
    if snapshot:
        planned, lasting = plan_from(snapshot, spec, asked, say), True
    else:
        with connect(spec, emulator=emulator, say=say) as connection:
            planned = make_plan(asked, connection)
            lasting = connection.lasting
    show_plan(planned, form)
    if out:
        keep_plan(planned, out)
    if lasting:
        tell_how_to_bind(planned, directory, out)
    annotate(annotations, planned, directory, aside=alone)
    planned.check()
    if detailed_exitcode and planned.plan:
        raise exits.Ended(exits.PENDING)


def drift(
    directory: Directory = HERE,
    form: Annotated[
        DriftFormat, typer.Option("--format", help="text for a terminal, markdown for an issue, or json.")
    ] = DriftFormat.TEXT,
) -> None:
    """Look for what somebody changed outside. Only reads.

    It looks inside the accounts, too, and exits with 2 when there is any drift. What a plan shows of it is put back
    by the next apply, unless it takes a word; what is inside an account, such as a role's policy, is not, since
    CloudFormation takes its stack for unchanged. What is not ours and came since the last apply is drift, and left
    alone: the next apply takes note.
    """
    from bootstrap import workflow
    from bootstrap.engine.plan import Inaccessible
    from bootstrap.render.drift import describe_drift, is_drift, render_drift
    from bootstrap.resources.registry import KINDS

    spec = validated(directory)
    asked = ask_for(spec)
    say = console.result if form is DriftFormat.TEXT else console.talk
    inaccessible: list[Inaccessible] = []

    def miss(address: Address, text: str) -> None:
        console.talk(f"  {address}: {text}")
        inaccessible.append(Inaccessible(address, text))

    with connect(spec, emulator=False, say=say) as connection:
        planned = make_plan(asked, connection)
        if not planned.remembered:
            message = "nothing tells what was last applied, so that drift cannot be told from what is asked for"
            raise BootstrapError(message, hint=f"apply once, to its end: {command('apply', directory)}")
        look_inside = partial(workflow.inspect, planned, KINDS, miss)
        findings = read(connection, look_inside, doing="Looking inside the accounts")
    if form is DriftFormat.JSON:
        text = describe_drift(planned.review, findings, inaccessible)
    else:
        text = render_drift(planned.review, findings, inaccessible, markdown=form is DriftFormat.MARKDOWN)
    console.result(text.rstrip("\n"))
    if is_drift(planned.review, findings):
        raise exits.Ended(exits.PENDING)


def snapshot(
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file to write.")],
    directory: Directory = HERE,
    redact: Annotated[
        bool, typer.Option("--redact", help="Write a token for each e-mail; the plan knows those that the YAML has.")
    ] = False,
) -> None:
    """Write to a file what `plan --snapshot` needs of AWS.

    From it anybody can plan without credentials, in a fork or on a laptop. It holds account ids, names, e-mails,
    policies and templates, and never a secret's value.
    """
    spec = validated(directory)
    check_can_keep_snapshot(out)
    with connect(spec, emulator=False) as connection:
        taken = take_snapshot(spec, connection, redact=redact)
    keep_snapshot(taken, out)
    console.result(f"+ {out.as_posix()}")
    console.talk(f"Next: {command('plan', directory, '--snapshot', str(out))}")


def apply(
    reviewed: Annotated[
        Path | None,
        typer.Argument(metavar="PLAN", help="A plan of `plan --out`: do that or less, or nothing at all."),
    ] = None,
    directory: Directory = HERE,
    emulator: InEmulator = False,
    approve: Approve = None,
    target: Target = None,
    expect: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="The digest of a plan: do just that, or nothing at all.")
    ] = None,
    serial: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=999_999_999,
            metavar="NUMBER",
            help="Refuse to come after a higher one: of runs that wait for each other, the later may go first.",
        ),
    ] = None,
    yes: Yes = False,
    show_api_calls: ShowApiCalls = False,
    lock_timeout: Annotated[
        float, typer.Option(min=0, metavar="MINUTES", help="Wait that long for another run to end, before planning.")
    ] = 0,
) -> None:
    """Show the plan, ask, and apply it. With an emulated AWS there is nothing to ask.

    A reviewed plan binds: what would do more than it, or otherwise, is refused, and what moved since the review is
    named. Ctrl-C lets the writes in flight end, and begins no more. The end says what was done and what was not;
    the same command goes on from there.
    """
    spec = validated(directory)
    review = read_review(reviewed, expect, serial)
    asked = ask_for(spec, approve, target or review.only, recalled=review.consents, calls=show_api_calls)
    invocation = Invocation(
        "apply",
        directory,
        tuple(approve or ()),
        yes=yes,
        emulator=emulator,
        review=review.words(reviewed),
        serial=serial,
        only=tuple(target or ()),
    )
    with (
        connect(spec, emulator=emulator) as connection,
        summed_up(connection),
        locked(connection, wait_s=60 * lock_timeout),
    ):
        planned = make_plan(asked, connection)
        show_plan(planned)
        review.check(planned)
        carry_out(planned, connection, invocation)


def show(directory: Directory = HERE, emulator: InEmulator = False) -> None:
    """Show the live organization as a tree."""
    from bootstrap.aws.inventory import Inventory
    from bootstrap.render.tree import render_tree
    from bootstrap.workflow.tree import tree as read_tree

    spec = validated(directory)
    with connect(spec, emulator=emulator) as connection:
        tree = read(connection, lambda: read_tree(Inventory(connection.aws), spec.organization.name))
    console.result(render_tree(tree) if tree else "There is no organization yet.")


def destroy(
    directory: Directory = HERE, approve: Approve = None, yes: Yes = False, show_api_calls: ShowApiCalls = False
) -> None:
    """Remove what this tool made, but keep the accounts.

    Baselines, policies and OUs are removed. Accounts are moved to the root and lose our tags; secret
    entries stay in them with their values. `--approve close:KEY` closes an account for good.
    """
    spec = validated(directory)
    invocation = Invocation("destroy", directory, tuple(approve or ()), yes=yes)
    with connect(spec, emulator=False) as connection, summed_up(connection), locked(connection):
        planned = make_destruction(spec, connection, invocation.approve, calls=show_api_calls)
        if planned.plan:
            console.result("A released account stays open: it moves to the root, and our tags come off.\n")
        gone = "Nothing to do: all that this tool made is gone, or stays by its nature."
        show_plan(planned, said="" if planned.plan else gone)
        carry_out(planned, connection, invocation)


def unlock(directory: Directory = HERE, yes: Yes = False) -> None:
    """Break the lock that a run left which died.

    Two runs never write at once: the second is refused, and told who holds the lock since when. Be sure that
    the other run is over before you break it.
    """
    spec = validated(directory)
    with connect(spec, emulator=False) as connection:
        broken = break_lock(connection, lambda held: None if yes else ask(f"Break the lock of {held}?"))
    console.result(f"The lock of {broken} is broken." if broken else "Nobody holds the lock.")
