"""Snapshots: what a plan reads of AWS, written to a file, and planned from without AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bootstrap.cli.files import check_writable, read_file, write_file
from bootstrap.cli.planning import plan_against, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.cli.connection import Connection
    from bootstrap.cli.planning import Asked
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

# The port where, by the oldest of conventions, whatever is sent is thrown away.
_NOWHERE: Final = "http://127.0.0.1:9"


def take_snapshot(spec: Spec, connection: Connection) -> Snapshot:
    """What AWS has now of all that a plan would read."""
    from bootstrap import workflow
    from bootstrap.resources.registry import KINDS

    want, taken = workflow.desire(spec, KINDS), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return read(connection, lambda: workflow.take_snapshot(want, KINDS, connection.aws, taken))


def check_can_keep_snapshot(path: Path) -> None:
    from bootstrap.planfile.artifact import SNAPSHOT

    check_writable(path, SNAPSHOT)


def keep_snapshot(snapshot: Snapshot, path: Path, *, redact: bool) -> None:
    from bootstrap.aws.snapshot import text
    from bootstrap.planfile.artifact import SNAPSHOT

    write_file(path, text(snapshot, without_emails=redact), SNAPSHOT)


def plan_from(path: Path, spec: Spec, asked: Asked, say: Callable[[str], None]) -> Planned:
    """The plan against what a snapshot holds; nobody is called. Says so, before all else."""
    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.snapshot import Replayed
    from bootstrap.aws.snapshot import read as parse
    from bootstrap.secrecy.redact import emails

    known = emails([resource.body for resource in asked.want.values()])
    snapshot = parse(read_file(path, "`org-bootstrap snapshot --out FILE` writes one"), str(path), known)
    say(f"AWS as it was at {snapshot.taken}, of account {snapshot.account}: nothing is asked now.")
    aws = AwsClient(
        Endpoint(_NOWHERE), access_role=spec.organization.access_role, home_region=spec.organization.home_region
    )
    return plan_against(asked, aws, Replayed(snapshot, aws), lambda: snapshot)
