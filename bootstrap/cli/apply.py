from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli.connection import read
from bootstrap.cli.files import read_file
from bootstrap.cli.lock import connect_to_write
from bootstrap.cli.options import HERE, Approve, Directory, Emulated, ShowApiCalls, Target, Yes
from bootstrap.cli.planning import Request, load, print_plan

if TYPE_CHECKING:
    from bootstrap.planfile import PlanFile
    from bootstrap.workflow import Planned


def apply(
    plan: Annotated[
        Path | None, typer.Argument(metavar="PLAN", help="Plan saved by `plan --out`: apply those changes or fewer.")
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
            min=1, max=999_999_999, metavar="NUMBER", help="Block the apply if one with a higher number has begun."
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
    from bootstrap.cli.execution import Invocation, execute
    from bootstrap.planfile import read as read_plan
    from bootstrap.planfile.verify import parts_of

    spec = load(directory)
    if expect is not None:
        parts_of(expect)  # an error of the command line, before anything is read
    hint = "write one with: org-bootstrap plan --out FILE"
    reviewed = read_plan(read_file(plan, hint), str(plan)) if plan else None
    request = Request(
        spec,
        approvals=approve,
        targets=target or (reviewed.targets if reviewed else ()),
        reviewed=_approvals(reviewed) if reviewed else (),
        show_api_calls=show_api_calls,
    )
    invocation = Invocation(
        "apply",
        directory,
        frozenset(approve or ()),
        yes=yes,
        emulated=emulated,
        review=(*([str(plan)] if plan else []), *(["--expect", expect] if expect is not None else [])),
        serial=serial,
        targets=tuple(target or ()),
    )
    with connect_to_write(spec, emulated=emulated, timeout_s=60 * lock_timeout) as connection:
        planned = read(connection, lambda: request.plan(connection.aws))
        print_plan(planned)
        _verify(planned, reviewed, expect, serial)
        execute(planned, connection, invocation)


def _approvals(reviewed: PlanFile) -> set[str]:
    """The tokens that the reviewed plan was made with, and those for its own size, since an apply does no more."""
    blocked = {blocker.token for blocker in reviewed.blocked}
    deletes = sum(change.after is None for change in reviewed.changes)
    size = {f"accounts:{len(reviewed.affected)}", f"deletes:{deletes}"}
    return {blocker.token for blocker in reviewed.approved} | size - blocked


def _verify(planned: Planned, reviewed: PlanFile | None, digest: str | None, serial: int | None) -> None:
    """Raise BlockedError if the plan would do more than was reviewed, or a later serial has already applied."""
    from bootstrap.planfile.verify import verify_digest, verify_plan, verify_serial
    from bootstrap.workflow.applied import applied_shards

    if serial:
        verify_serial(serial, planned.context.read(applied_shards))
    if reviewed:
        verify_plan(reviewed, planned.review)
    if digest is not None:
        verify_digest(digest, planned.review)
