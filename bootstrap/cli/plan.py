"""The verb `plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.annotations import AnnotationsOption, annotate, annotated
from bootstrap.cli.connection import connect
from bootstrap.cli.files import check_writable, write_file
from bootstrap.cli.load import load
from bootstrap.cli.options import HERE, Approve, Directory, Emulated, Format, PlanFormat, ShowApiCalls, Target
from bootstrap.cli.plan_output import print_plan
from bootstrap.cli.planning import plan_from_snapshot, plan_live, request
from bootstrap.cli.review import log_how_to_apply
from bootstrap.cli.usage import examples

if TYPE_CHECKING:
    from bootstrap.workflow import Planned

EXAMPLES: Final = examples(
    "plan --out plan.json --detailed-exitcode",
    "plan --format html > plan.html",
    "plan --target account:developer-alice --show-api-calls",
    "plan --snapshot snapshot.json",
)


def plan(
    directory: Directory = HERE,
    emulated: Emulated = False,
    approve: Approve = None,
    target: Target = None,
    show_api_calls: ShowApiCalls = False,
    form: PlanFormat = Format.TEXT,
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

    A plan saved with --out binds the apply that it is passed to: `apply PLAN` does that or less. The digest at the end
    of the output does the same where a file cannot go, such as in a comment: `apply --expect DIGEST`.
    """
    if snapshot and emulated:
        raise typer.BadParameter("cannot be combined with --emulated", param_hint="--snapshot")
    # stdout is the plan alone where a program or a comment takes it.
    alone = form is not Format.TEXT
    say = console.log if alone else console.result
    with annotated(annotations, aside=alone):
        spec = load(directory)
    asked = request(spec, approvals=approve, targets=target, show_api_calls=show_api_calls)
    if out:
        _check_writable(out)
    if snapshot:
        planned, persistent = plan_from_snapshot(asked, snapshot, spec, say), True
    else:
        with connect(spec, emulated=emulated, say=say) as connection:
            planned, persistent = plan_live(asked, connection), connection.persistent
    print_plan(planned, form)
    if out:
        _save(planned, out)
    if persistent:
        log_how_to_apply(planned, directory, out)
    annotate(annotations, planned, directory, aside=alone)
    planned.check()
    if detailed_exitcode and planned.plan:
        raise exits.Ended(exits.PENDING)


def _check_writable(path: Path) -> None:
    from bootstrap.planfile.artifact import PLAN

    check_writable(path, PLAN)


def _save(planned: Planned, path: Path) -> None:
    from bootstrap.planfile import describe, text
    from bootstrap.planfile.artifact import PLAN

    write_file(path, text(describe(planned.review)), PLAN)
