"""The verbs that need an AWS: plan, apply, show, destroy, and those that bring one of their own."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.connection import connect, embedded_aws
from bootstrap.cli.offline import HERE, validated
from bootstrap.cli.options import Allow, Directory, InSandbox, Yes
from bootstrap.errors import RefusedError

if TYPE_CHECKING:
    from bootstrap.apply import Outcome
    from bootstrap.aws.door import Aws
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned


def add_to(app: typer.Typer) -> None:
    """Register the verbs, in the order in which a new user needs them."""
    app.command(epilog="Example: org-bootstrap plan --detailed-exitcode")(plan)
    app.command(epilog="Example: org-bootstrap apply --yes --allow close:developer-alice")(apply)
    app.command(epilog="Example: org-bootstrap show")(show)
    app.command(epilog="Example: org-bootstrap destroy --allow destroy:example")(destroy)
    app.command(epilog="Example: org-bootstrap demo")(demo)
    app.command(epilog="Example: org-bootstrap sandbox --port 5000")(sandbox)


def plan(
    directory: Directory = HERE,
    sandbox: InSandbox = False,
    allow: Allow = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there are changes to apply.")
    ] = False,
) -> None:
    """Show exactly what apply would change. Only reads."""
    spec = validated(directory)
    with connect(spec, sandbox=sandbox) as aws:
        planned = make_plan(spec, aws, allow)
    if planned.refusals:
        raise typer.Exit(console.REFUSED)
    if detailed_exitcode and planned.plan:
        raise typer.Exit(console.PENDING)


def apply(directory: Directory = HERE, sandbox: InSandbox = False, allow: Allow = None, yes: Yes = False) -> None:
    """Show the plan, ask, and apply it."""
    spec = validated(directory)
    with connect(spec, sandbox=sandbox) as aws:
        carry_out(make_plan(spec, aws, allow), again="org-bootstrap apply", yes=yes)


def show(directory: Directory = HERE, sandbox: InSandbox = False) -> None:
    """Show the live organization as a tree."""
    from bootstrap.aws.live import Live
    from bootstrap.overview import overview
    from bootstrap.render.tree import render_tree

    spec = validated(directory)
    with connect(spec, sandbox=sandbox) as aws:
        tree = overview(Live(aws), spec.organization.name)
    console.result(render_tree(tree) if tree else "There is no organization yet.")


def destroy(directory: Directory = HERE, allow: Allow = None, yes: Yes = False) -> None:
    """Remove what this tool made: baselines, policies, units. Accounts stay, unless told to close them.

    Accounts are moved to the root and lose our tags. Secret entries stay in their accounts with their
    values. `--allow close:KEY` closes an account for good.
    """
    from bootstrap.kinds import KINDS
    from bootstrap.kinds.organization import OrganizationKind
    from bootstrap.workflow import plan_destruction

    spec = validated(directory)
    with connect(spec, sandbox=False) as aws:
        organization = next(iter(OrganizationKind().desired(spec)))
        planned = plan_destruction(organization, KINDS, aws, allow=allow or ())
        show_plan(planned)
        carry_out(
            planned,
            again=" ".join(["org-bootstrap destroy", *(f"--allow {t}" for t in allow or ())]),
            yes=yes,
        )


def demo() -> None:
    """See the whole job done on an embedded AWS: plan, apply, a developer added, the tree."""
    from bootstrap.cli.demo import run

    run()


def sandbox(
    port: Annotated[int, typer.Option(help="The port to listen on, on 127.0.0.1. 0 takes a free one.")] = 5000,
) -> None:
    """Serve an embedded AWS on loopback until Ctrl-C, and print the variables that point at it."""
    with embedded_aws(port) as server:
        for name, value in server.variables().items():
            console.result(f"export {name}={value}")
        console.talk(f"An empty AWS answers at {server.endpoint}. Ctrl-C ends it, and all that is in it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.talk("Ended.")


def make_plan(spec: Spec, aws: Aws, allow: list[str] | None = None) -> Planned:
    """Make a plan, and show it."""
    from bootstrap import workflow
    from bootstrap.kinds import KINDS

    console.talk("Reading AWS …")
    planned = workflow.plan(workflow.desire(spec, KINDS), KINDS, aws, allow=allow or ())
    show_plan(planned)
    return planned


def show_plan(planned: Planned) -> None:
    from bootstrap.render.plan import render_plan

    console.result(render_plan(planned.plan, planned.refusals))


def carry_out(planned: Planned, *, again: str, yes: bool) -> None:
    """Apply a plan that was shown, once somebody said yes. Exits with 1 unless all of it was done."""
    from bootstrap import workflow
    from bootstrap.kinds import KINDS
    from bootstrap.render.report import render_outcome, render_report

    planned.check()
    if not planned.plan:
        return
    if not (yes or planned.world.aws.endpoint.emulated):
        _ask(planned.world.aws)
    total, ended = len(planned.plan.changes), 0

    def tell(outcome: Outcome) -> None:
        nonlocal ended
        ended += 1
        console.talk(f"{render_outcome(outcome)}  [{ended}/{total}]")

    report = workflow.apply(
        planned,
        KINDS,
        ended=tell,
        say=lambda address, text: console.talk(f"  {address}: {text} …"),
    )
    console.result(render_report(report, again))
    if not report.complete:
        raise typer.Exit(console.ERROR)


def _ask(aws: Aws) -> None:
    from bootstrap.cli.connection import describe

    if not sys.stdin.isatty():
        message = "nobody is there to say yes"
        raise RefusedError(message, hint="apply with --yes")
    console.talk(describe(aws))
    if not typer.confirm("Apply this plan?", err=True):
        message = "not applied"
        raise RefusedError(message)
