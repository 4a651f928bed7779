"""Snapshots: the reads of a plan, written to a file, and planned from without AWS."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bootstrap.cli.files import check_writable, read_file, write_file
from bootstrap.cli.planning import plan_against, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.cli.connection import Connection
    from bootstrap.cli.planning import Asked
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned
    from bootstrap.workflow.snapshot import Snapshot


def take_snapshot(spec: Spec, connection: Connection, *, redact: bool) -> Snapshot:
    """Everything that a plan reads of AWS now."""
    from bootstrap import workflow
    from bootstrap.resources.registry import KINDS

    want, taken = workflow.desire(spec, KINDS), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return read(connection, lambda: workflow.take_snapshot(want, KINDS, connection.aws, taken, redact=redact))


def check_can_keep_snapshot(path: Path) -> None:
    from bootstrap.planfile.artifact import SNAPSHOT

    check_writable(path, SNAPSHOT)


def keep_snapshot(snapshot: Snapshot, path: Path) -> None:
    from bootstrap.planfile.artifact import SNAPSHOT
    from bootstrap.workflow.snapshot import write_snapshot

    write_file(path, write_snapshot(snapshot), SNAPSHOT)


def plan_from(path: Path, spec: Spec, asked: Asked, say: Callable[[str], None]) -> Planned:
    """The plan against a snapshot; AWS is not called. Says so, before all else."""
    from bootstrap.aws.recording import Replay
    from bootstrap.workflow.snapshot import read_snapshot, recorded_calls

    snapshot = read_snapshot(read_file(path, "`org-bootstrap snapshot --out FILE` writes one"), str(path))
    say(f"AWS as it was at {snapshot.taken}, account {snapshot.account}; AWS is not called.")
    about = spec.organization
    calls = recorded_calls(snapshot, asked.want)
    planned = plan_against(asked, Replay(calls, access_role=about.access_role, home_region=about.home_region))
    return replace(planned, review=replace(planned.review, binds=not snapshot.redacted))
