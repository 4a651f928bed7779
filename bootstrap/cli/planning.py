"""A plan for plan, apply, drift and destroy: what is asked for, and the plan that the workflow makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from bootstrap.cli import console
from bootstrap.cli.files import read_file
from bootstrap.cli.progress import heartbeat, interruptibly

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from bootstrap.aws.api import AwsApi
    from bootstrap.cli.connection import Connection
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.engine.targeting import Targets
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """The part of a plan that is known before AWS is read.

    `approvals` are the tokens given now, `reviewed` those of the reviewed plan that is applied.
    """

    want: dict[Address, Resource]
    limits: Limits
    targets: Targets
    approvals: frozenset[str]
    reviewed: frozenset[str]
    show_api_calls: bool


def request(
    spec: Spec,
    *,
    approvals: Collection[str] | None = None,
    targets: Collection[str] | None = None,
    reviewed: Collection[str] = (),
    show_api_calls: bool = False,
) -> Request:
    """The request of a command line. Raises BootstrapError for a target that is not in the YAML."""
    from bootstrap import workflow
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.resources.registry import KINDS
    from bootstrap.workflow.targets import find_targets

    return Request(
        workflow.desire(spec, KINDS),
        Limits(**spec.organization.safety.model_dump()),
        find_targets(targets or (), spec),
        frozenset(approvals or ()),
        frozenset(reviewed),
        show_api_calls,
    )


def read(connection: Connection, work: Callable[[], T], *, doing: str = "Reading AWS") -> T:
    """The result of `work`, which reads AWS. Logs progress, and the number of API calls at the end."""
    metrics, before = connection.aws.metrics, connection.aws.metrics.so_far
    console.log(f"{doing} …")
    with heartbeat(lambda: f"still reading: {metrics.so_far.since(before)}"):
        found = interruptibly(work)
    console.log(f"Read: {metrics.so_far.since(before)}.")
    return found


def plan_live(asked: Request, connection: Connection) -> Planned:
    """The plan against AWS as it is now."""
    return read(connection, lambda: _plan(asked, connection.aws))


def plan_from_snapshot(asked: Request, path: Path, spec: Spec, say: Callable[[str], None]) -> Planned:
    """The plan against the AWS in a snapshot, without API calls. Announces the snapshot first.

    With redacted e-mail addresses the plan cannot be applied as a reviewed one.
    """
    from bootstrap.aws.recording import Replay
    from bootstrap.workflow.snapshot import read_snapshot, recorded_calls

    snapshot = read_snapshot(read_file(path, "write one with: org-bootstrap snapshot --out FILE"), str(path))
    say(f"Snapshot of AWS account {snapshot.account}, taken {snapshot.taken}: no API calls are made.")
    about, calls = spec.organization, recorded_calls(snapshot, asked.want)
    planned = _plan(asked, Replay(calls, access_role=about.access_role, home_region=about.home_region))
    return replace(planned, review=replace(planned.review, binds=not snapshot.redacted))


def plan_destruction(spec: Spec, connection: Connection, approvals: frozenset[str], *, show_api_calls: bool) -> Planned:
    """The plan that deletes or forgets everything managed."""
    from bootstrap import workflow
    from bootstrap.aws.recording import Recorder
    from bootstrap.resources.organization.kind import OrganizationKind
    from bootstrap.resources.registry import KINDS

    organization, recorder = next(iter(OrganizationKind().desired(spec))), Recorder(connection.aws)
    aws = recorder if show_api_calls else connection.aws
    planned = read(connection, lambda: workflow.plan_destruction(organization, KINDS, aws, approvals=approvals))
    return workflow.simulate(planned, KINDS, recorder.calls) if show_api_calls else planned


def _plan(asked: Request, aws: AwsApi) -> Planned:
    from bootstrap import workflow
    from bootstrap.aws.recording import Recorder
    from bootstrap.resources.registry import KINDS

    recorder = Recorder(aws)
    planned = workflow.plan(
        asked.want,
        KINDS,
        recorder if asked.show_api_calls else aws,
        approvals=asked.approvals,
        reviewed=asked.reviewed,
        limits=asked.limits,
        targets=asked.targets,
    )
    return workflow.simulate(planned, KINDS, recorder.calls) if asked.show_api_calls else planned
