"""The example organization: its YAML, its AWS or a snapshot of it, and its plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap import workflow
from bootstrap.aws.recording import Replay
from bootstrap.engine.plan import Cause
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import recorded_calls
from tests.system.organization import Organization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bootstrap.aws.api import AwsApi
    from bootstrap.emulator import Emulator
    from bootstrap.engine.apply import Report
    from bootstrap.engine.review import PlanReview
    from bootstrap.workflow import Planned
    from bootstrap.workflow.snapshot import Snapshot

FILE: Final = "account_specs/organization.yaml"
ALICE: Final = "account_specs/developers/alice.yaml"
BOB: Final = "account_specs/developers/bob.yaml"
CAROL: Final = "account_specs/developers/carol.yaml"
LAYOUT: Final = "secrets_layout/orders.yaml"
TAKEN: Final = "2026-11-23T12:00:00Z"
BASELINES: Final = ("developer-alice", "developer-bob", "orders-beta", "orders-production")
SEARCH: Final = """entries:
  orders/search:
    description: The index of the shop.
    environments: [beta, production]
    keys: [token]
    generated: {key: token}
"""


@dataclass
class Example(Organization):
    """The example. Plans come from a snapshot, if there is one."""

    snapshot: Snapshot | None = None
    emulator: Emulator | None = None
    report: Report | None = None
    """The report of the apply, in a scenario with one."""

    def plan(self, *approvals: str, aws: AwsApi | None = None, targets: Sequence[str] = ()) -> Planned:
        if self.snapshot is None or aws is not None:
            return super().plan(*approvals, aws=aws, targets=targets)
        organization = self.spec().organization
        calls = recorded_calls(self.snapshot, workflow.desire(self.spec(), KINDS))
        replay = Replay(calls, access_role=organization.access_role, home_region=organization.home_region)
        return super().plan(*approvals, aws=replay, targets=targets)

    def take_snapshot(self) -> Snapshot:
        """The same in each run but for the order of lists: the emulator draws its ids from its seed."""
        return workflow.take_snapshot(workflow.desire(self.spec(), KINDS), KINDS, self.aws(), TAKEN)

    def in_aws(self) -> None:
        """Create it in an empty AWS, which plans read from now on."""
        assert self.emulator
        self.emulator.reset()
        self.snapshot = None
        self.converge()

    def move(self, key: str, source: str, destination: str) -> None:
        """Move an account by hand."""
        organizations = self.client("organizations")
        ous = {"Root": organizations.list_roots()["Roots"][0]["Id"], **self.ous()}
        organizations.move_account(
            AccountId=self.accounts()[key], SourceParentId=ous[source], DestinationParentId=ous[destination]
        )


def with_causes(review: PlanReview) -> set[str]:
    """Each change with its cause, as one line."""
    return {f"{change.cause} {change.action} {change.address}" for change in review.plan.changes}


def asked(*changes: str) -> set[str]:
    return {f"{Cause.ASKED} {change}" for change in changes}


def tokens(review: PlanReview) -> list[str]:
    return [blocker.token for blocker in review.blockers]


def developer(name: str, owner: str = "") -> str:
    owner = owner or f"{name}@example.com"
    return f"developer:\n  name: {name}\n  email: aws+{name}@example.com\n  owner: {owner}\n"
