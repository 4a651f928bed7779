"""The verb `snapshot`, and a plan from its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.cli import console
from bootstrap.cli.connection import connect, read
from bootstrap.cli.files import check_writable, read_file, write_file
from bootstrap.cli.options import HERE, Directory, command
from bootstrap.cli.planning import load

if TYPE_CHECKING:
    from bootstrap.cli.planning import Request
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned


def snapshot(
    out: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")],
    directory: Directory = HERE,
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Replace e-mail addresses with tokens; a plan resolves those that the YAML has."),
    ] = False,
) -> None:
    """Save what a plan reads from AWS, for `plan --snapshot FILE`.

    With the file anybody can plan without credentials, in a fork or on a laptop. It contains account ids, names, e-mail
    addresses, policies and templates, and never the value of a secret.
    """
    from bootstrap import workflow
    from bootstrap.planfile.artifact import SNAPSHOT
    from bootstrap.resources.registry import KINDS
    from bootstrap.workflow.snapshot import write_snapshot

    spec = load(directory)
    check_writable(out, SNAPSHOT)
    with connect(spec, emulated=False) as connection:
        want, taken = workflow.desire(spec, KINDS), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = read(connection, lambda: workflow.take_snapshot(want, KINDS, connection.aws, taken, redact=redact))
    write_file(out, write_snapshot(found), SNAPSHOT)
    console.result(f"+ {out.as_posix()}")
    console.log(f"Next: {command('plan', directory, '--snapshot', str(out))}")


def plan_from_snapshot(request: Request, path: Path, spec: Spec, say: Callable[[str], None]) -> Planned:
    """The plan against the AWS in a snapshot, without API calls. Announces the snapshot first.

    With redacted e-mail addresses the plan cannot be applied as a reviewed one.
    """
    from bootstrap.aws.recording import Replay
    from bootstrap.workflow.snapshot import read_snapshot, recorded_calls

    found = read_snapshot(read_file(path, "write one with: org-bootstrap snapshot --out FILE"), str(path))
    say(f"Snapshot of AWS account {found.account}, taken {found.taken}: no API calls are made.")
    about, calls = spec.organization, recorded_calls(found, request.want)
    planned = request.plan(Replay(calls, access_role=about.access_role, home_region=about.home_region))
    return replace(planned, review=replace(planned.review, binds=not found.redacted))
