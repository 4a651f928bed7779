from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.annotations import AnnotationsOption, annotate, annotated
from bootstrap.cli.connection import connect, read
from bootstrap.cli.files import check_writable, write_file
from bootstrap.cli.options import HERE, Approve, Directory, Emulated, Format, ShowApiCalls, Target, command
from bootstrap.cli.planning import Request, load, print_plan
from bootstrap.cli.snapshot import plan_from_snapshot

if TYPE_CHECKING:
    from bootstrap.workflow import Planned


def plan(
    directory: Directory = HERE,
    emulated: Emulated = False,
    approve: Approve = None,
    target: Target = None,
    show_api_calls: ShowApiCalls = False,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="text for a terminal; markdown for a comment, at most 65,536 characters; json for a program; html for "
            "one page with a picture of the organization, which opens offline.",
        ),
    ] = Format.TEXT,
    snapshot: Annotated[
        Path | None, typer.Option(help="Plan from a file written by `snapshot`, without AWS or credentials.")
    ] = None,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Save the plan for `apply PLAN`.")] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 if there are changes to apply.")
    ] = False,
    annotations: AnnotationsOption = None,
) -> None:
    """Show exactly what `apply` would change. Read-only.

    `apply PLAN`, with a plan saved by --out, makes those changes or fewer, and no others. `apply --expect DIGEST`, with
    the digest at the end of the output, applies exactly this plan: for where a file cannot be passed.
    """
    from bootstrap.planfile import describe, text
    from bootstrap.planfile.artifact import PLAN

    if snapshot and emulated:
        raise typer.BadParameter("cannot be combined with --emulated", param_hint="--snapshot")
    # stdout is the plan alone where a program or a comment takes it.
    alone = form is not Format.TEXT
    say = console.log if alone else console.result
    with annotated(annotations, aside=alone):
        spec = load(directory)
    request = Request(spec, approvals=approve, targets=target, show_api_calls=show_api_calls)
    if out:
        check_writable(out, PLAN)
    if snapshot:
        planned, persistent = plan_from_snapshot(request, snapshot, spec, say), True
    else:
        with connect(spec, emulated=emulated, say=say) as connection:
            planned = read(connection, lambda: request.plan(connection.aws))
            persistent = connection.persistent
    print_plan(planned, form)
    if out:
        write_file(out, text(describe(planned.review)), PLAN)
    if persistent:
        _log_how_to_apply(planned, directory, out)
    annotate(annotations, planned, directory, aside=alone)
    planned.check()
    if detailed_exitcode and planned.plan:
        raise typer.Exit(exits.PENDING)


def _log_how_to_apply(planned: Planned, directory: Path, path: Path | None) -> None:
    """Log the command that applies exactly this plan, unless it is blocked or cannot be applied. A file holds its own
    approvals and targets; with a digest they are typed again.
    """
    from bootstrap.planfile import as_typed, digest

    if planned.plan and planned.review.binds and not (planned.review.blockers or planned.unneeded):
        review = (str(path),) if path else ("--expect", digest(planned.review), *as_typed(planned.review))
        console.log(f"To apply exactly this plan: {command('apply', directory, *review)}")
