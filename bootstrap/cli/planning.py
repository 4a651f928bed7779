"""A plan for plan, apply, drift and destroy: what is asked for, and the plan that the workflow makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from bootstrap.cli import console
from bootstrap.cli.files import read_file
from bootstrap.cli.progress import heartbeat, interruptibly

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.cli.connection import Connection
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.engine.targeting import Selection
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

T = TypeVar("T")

# The discard port: a replay that asked AWS after all would reach nobody.
_NOWHERE: Final = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Request:
    """The part of a plan that is known before AWS is read.

    `approvals` are the tokens given now, `recalled` those given to the reviewed plan that is applied.
    """

    want: dict[Address, Resource]
    limits: Limits
    targets: Selection
    approvals: frozenset[str]
    recalled: frozenset[str]
    show_api_calls: bool


def request(
    spec: Spec,
    *,
    approvals: Collection[str] | None = None,
    targets: Collection[str] | None = None,
    recalled: Collection[str] = (),
    show_api_calls: bool = False,
) -> Request:
    """The request of a command line. Raises BootstrapError for a target that is not in the YAML."""
    from bootstrap import workflow
    from bootstrap.engine.blast_radius import Limits
    from bootstrap.engine.targeting import select
    from bootstrap.resources.registry import KINDS

    return Request(
        workflow.desire(spec, KINDS),
        Limits(**spec.organization.safety.model_dump()),
        select(targets or (), spec),
        frozenset(approvals or ()),
        frozenset(recalled),
        show_api_calls,
    )


def read(connection: Connection, work: Callable[[], T], *, doing: str = "Reading AWS") -> T:
    """The result of `work`, which reads AWS. Logs progress, and the number of API calls at the end."""
    spent, before = connection.aws.spent, connection.aws.spent.so_far
    console.log(f"{doing} …")
    with heartbeat(lambda: f"still reading: {spent.so_far.since(before)}"):
        found = interruptibly(work)
    console.log(f"Read: {spent.so_far.since(before)}.")
    return found


def plan_live(asked: Request, connection: Connection) -> Planned:
    """The plan against AWS as it is now."""
    from bootstrap.aws.snapshot import Recording

    inventory = Recording(connection.aws)
    return read(connection, lambda: _plan(asked, connection.aws, inventory, inventory.snapshot))


def plan_from_snapshot(asked: Request, path: Path, spec: Spec, say: Callable[[str], None]) -> Planned:
    """The plan against the AWS in a snapshot, without API calls. Announces the snapshot first."""
    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.snapshot import Replayed
    from bootstrap.aws.snapshot import read as parse
    from bootstrap.secrecy.redact import emails

    known = emails([resource.body for resource in asked.want.values()])
    snapshot = parse(read_file(path, "write one with: org-bootstrap snapshot --out FILE"), str(path), known)
    say(f"Snapshot of AWS account {snapshot.account}, taken {snapshot.taken}: no API calls are made.")
    aws = AwsClient(
        Endpoint(_NOWHERE), access_role=spec.organization.access_role, home_region=spec.organization.home_region
    )
    return _plan(asked, aws, Replayed(snapshot, aws), lambda: snapshot)


def plan_destruction(spec: Spec, connection: Connection, approvals: frozenset[str], *, show_api_calls: bool) -> Planned:
    """The plan that deletes or releases everything managed."""
    from bootstrap import workflow
    from bootstrap.aws.snapshot import Recording
    from bootstrap.resources.organization import OrganizationKind
    from bootstrap.resources.registry import KINDS

    organization, inventory = next(iter(OrganizationKind().desired(spec))), Recording(connection.aws)
    planned = read(
        connection,
        lambda: workflow.plan_destruction(organization, KINDS, connection.aws, inventory=inventory, allow=approvals),
    )
    return workflow.rehearse(planned, KINDS, inventory.snapshot()) if show_api_calls else planned


def _plan(asked: Request, aws: AwsClient, inventory: Inventory, snapshot: Callable[[], Snapshot]) -> Planned:
    from bootstrap import workflow
    from bootstrap.resources.registry import KINDS

    planned = workflow.plan(
        asked.want,
        KINDS,
        aws,
        inventory=inventory,
        allow=asked.approvals,
        recalled=asked.recalled,
        limits=asked.limits,
        only=asked.targets,
    )
    return workflow.rehearse(planned, KINDS, snapshot()) if asked.show_api_calls else planned
