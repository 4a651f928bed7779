"""A change set: what a submission would change in a stack, kept until it is executed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.moto_api._internal import mock_random

if TYPE_CHECKING:
    from datetime import datetime

    from bootstrap.emulator.cloudformation.changes import Change
    from bootstrap.emulator.cloudformation.stack import Stack, Submission


@dataclass(eq=False)
class ChangeSet:
    name: str
    kind: str  # CREATE, UPDATE or IMPORT
    stack: Stack
    submission: Submission
    changes: list[Change]
    description: str | None = None
    capabilities: list[str] = field(default_factory=list)
    id: str = ""
    failure: str | None = None
    execution_status: str = "UNAVAILABLE"
    creation_time: datetime = field(init=False)
    ready: bool = False
    """Whether CloudFormation has compared the templates; it answers no changes before."""

    def __post_init__(self) -> None:
        self.creation_time = self.stack.timestamp()
        account_id, region = self.stack.place
        identity = f"changeSet/{self.name}/{mock_random.uuid4()}"
        self.id = f"arn:{self.stack.place.partition}:cloudformation:{region}:{account_id}:{identity}"

    def become_ready(self) -> None:
        self.ready = True
        if not self.failure:
            self.execution_status = "AVAILABLE"

    @property
    def status(self) -> str:
        if not self.ready:
            return "CREATE_IN_PROGRESS"
        return "FAILED" if self.failure else "CREATE_COMPLETE"

    @property
    def reason(self) -> str | None:
        return self.failure if self.ready else None
