"""The verb `apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from bootstrap.cli.connection import connect, total_logged
from bootstrap.cli.execution import Invocation, execute
from bootstrap.cli.load import load
from bootstrap.cli.lock import locked
from bootstrap.cli.options import HERE, Approve, Directory, Emulated, ShowApiCalls, Target, Yes
from bootstrap.cli.plan_output import print_plan
from bootstrap.cli.planning import plan_live, request
from bootstrap.cli.review import read_review
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples("apply", "apply --yes --approve close:developer-alice", "apply plan.json --yes")


def apply(
    plan: Annotated[
        Path | None, typer.Argument(metavar="PLAN", help="Plan saved by `plan --out`: apply that or less.")
    ] = None,
    directory: Directory = HERE,
    emulated: Emulated = False,
    approve: Approve = None,
    target: Target = None,
    expect: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="Digest of a reviewed plan: apply exactly that.")
    ] = None,
    serial: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=999_999_999,
            metavar="NUMBER",
            help="Fail if a run with a higher number has already applied.",
        ),
    ] = None,
    yes: Yes = False,
    show_api_calls: ShowApiCalls = False,
    lock_timeout: Annotated[
        float, typer.Option(min=0, metavar="MINUTES", help="Minutes to wait for another run to finish.")
    ] = 0,
) -> None:
    """Show the plan, ask for confirmation, and apply it.

    With PLAN or --expect, apply plans again and stops with exit code 3 if the new plan does more than the reviewed
    one, naming what changed since. Ctrl-C finishes the writes in flight and starts no more; run the same command again
    to continue. An emulator needs no confirmation.
    """
    spec = load(directory)
    review = read_review(plan, expect, serial)
    asked = request(
        spec,
        approvals=approve,
        targets=target or review.targets,
        reviewed=review.approvals,
        show_api_calls=show_api_calls,
    )
    invocation = Invocation(
        "apply",
        directory,
        asked.approvals,
        yes=yes,
        emulated=emulated,
        review=review.typed(plan),
        serial=serial,
        targets=tuple(target or ()),
    )
    with (
        connect(spec, emulated=emulated) as connection,
        total_logged(connection),
        locked(connection, timeout_s=60 * lock_timeout),
    ):
        planned = plan_live(asked, connection)
        print_plan(planned)
        review.check(planned)
        execute(planned, connection, invocation)
