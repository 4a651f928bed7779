"""Snapshots: what a plan reads of AWS, written to a file, and planned from without AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bootstrap.cli.files import read_file, write_file
from bootstrap.cli.planning import limits_of, read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.cli.connection import Connection
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

# The port where, by the oldest of conventions, whatever is sent is thrown away.
_NOWHERE: Final = "http://127.0.0.1:9"


def take_snapshot(spec: Spec, connection: Connection) -> Snapshot:
    """What AWS has now of all that a plan would read."""
    from bootstrap import workflow
    from bootstrap.kinds import KINDS

    want, taken = workflow.desire(spec, KINDS), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return read(connection, lambda: workflow.take_snapshot(want, KINDS, connection.aws, taken))


def keep_snapshot(snapshot: Snapshot, path: Path, *, redact: bool) -> None:
    from bootstrap.aws.snapshot import text
    from bootstrap.readback import SNAPSHOT

    write_file(path, text(snapshot, redact=redact), SNAPSHOT)


def plan_from(
    path: Path,
    spec: Spec,
    allow: Collection[str],
    only: Collection[str],
    say: Callable[[str], None],
    *,
    calls: bool,
) -> Planned:
    """The plan against what a snapshot holds; nobody is called. Says so, before all else."""
    from bootstrap import workflow
    from bootstrap.aws.door import Door
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.snapshot import Replayed
    from bootstrap.aws.snapshot import read as parse
    from bootstrap.kinds import KINDS
    from bootstrap.redaction import emails
    from bootstrap.selection import select

    want = workflow.desire(spec, KINDS)
    known = emails([resource.body for resource in want.values()])
    snapshot = parse(read_file(path, "`org-bootstrap observe --out FILE` writes one"), str(path), known)
    say(f"AWS as it was at {snapshot.taken}, of account {snapshot.account}: nothing is asked now.")
    aws = Door(Endpoint(_NOWHERE), access_role=spec.organization.access_role, home_region=spec.organization.home_region)
    planned = workflow.plan(
        want, KINDS, aws, live=Replayed(snapshot, aws), allow=allow, limits=limits_of(spec), only=select(only, spec)
    )
    return workflow.rehearse(planned, KINDS, snapshot) if calls else planned
