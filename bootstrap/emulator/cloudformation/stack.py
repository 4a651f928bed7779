"""Stacks and their events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from bootstrap.emulator.cloudformation.template import parse

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from bootstrap.emulator.cloudformation.resource_type import Place, Resource


_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Submission:
    """The template, parameters and options of one deployment."""

    template: str
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    import_existing: bool = False
    imports: dict[str, str] = field(default_factory=dict)
    """The physical ids that a change set of type IMPORT imports, by logical id."""
    disable_rollback: bool = False


@dataclass(frozen=True)
class Entry:
    """A resource that a deployment created or changed, as a rollback needs it."""

    resource: Resource
    """As it was before a change."""
    after: Resource | None = None
    """The resource after a change in place, which may be incomplete; None for a new resource."""
    imported: bool = False
    """A rollback does not delete an imported resource."""


@dataclass
class Event:
    stack: Stack
    logical_id: str
    physical_id: str
    type_name: str
    status: str
    reason: str | None
    time: datetime
    id: str = field(default_factory=lambda: str(mock_random.uuid4()))

    def described(self) -> dict[str, Any]:
        return {
            "StackId": self.stack.stack_id,
            "StackName": self.stack.name,
            "EventId": self.id,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.type_name,
            "ResourceStatus": self.status,
            "ResourceStatusReason": self.reason,
            "Timestamp": self.time,
        }


@dataclass(eq=False)
class Stack:
    """A stack. Other parts of moto (tagging, stack sets) read some of these names."""

    name: str
    place: Place
    role_arn: str | None = None
    capabilities: list[str] = field(default_factory=list)
    enable_termination_protection: bool = False
    stack_id: str = ""
    status: str = "REVIEW_IN_PROGRESS"
    status_reason: str | None = None
    submission: Submission | None = None
    """The last one that was deployed; None before the first change set is executed."""
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    creation_time: datetime = field(init=False)
    updated: datetime | None = None
    """LastUpdatedTime: the start of the last update, or of the last execution of a change set.

    A stack that a change set created has one as well. A rollback does not change it.
    """
    deleted: datetime | None = None
    work: Generator[None] | None = None
    """The operation in progress."""
    not_rolled_back: list[Entry] = field(default_factory=list)
    """The entries that the last rollback could not undo."""
    _last_timestamp: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._last_timestamp = self.creation_time = _now()
        account_id, region = self.place
        identity = f"stack/{self.name}/{mock_random.uuid4()}"
        self.stack_id = f"arn:{self.place.partition}:cloudformation:{region}:{account_id}:{identity}"

    @property
    def tags(self) -> dict[str, str]:
        return self.submission.tags if self.submission else {}

    @property
    def template(self) -> str:
        return self.submission.template if self.submission else ""

    @property
    def parameters(self) -> dict[str, str]:
        return self.submission.parameters if self.submission else {}

    @property
    def description(self) -> str | None:
        return parse(self.template).get("Description") if self.submission else None

    @property
    def shown_parameters(self) -> dict[str, str]:
        """The values in effect, with NoEcho parameters masked, as AWS does."""
        if self.submission is None:
            return {}
        declared = parse(self.template).get("Parameters", {})
        hidden = {name for name, each in declared.items() if str(each.get("NoEcho")).lower() == "true"}
        values = {name: str(each.get("Default", "")) for name, each in declared.items()} | self.parameters
        return {name: "****" if name in hidden else value for name, value in values.items()}

    def described(self) -> dict[str, Any]:
        return {
            "StackId": self.stack_id,
            "StackName": self.name,
            "Description": self.description,
            "TemplateDescription": self.description,
            "Parameters": parameter_list(self.shown_parameters),
            "CreationTime": self.creation_time,
            "LastUpdatedTime": self.updated,
            "DeletionTime": self.deleted,
            "StackStatus": self.status,
            "StackStatusReason": self.status_reason,
            "DisableRollback": False,
            "Capabilities": self.capabilities,
            "Outputs": self.outputs,
            "RoleARN": self.role_arn,
            "Tags": tag_list(self.tags),
            "EnableTerminationProtection": self.enable_termination_protection,
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }

    def described_resource(self, resource: Resource) -> dict[str, Any]:
        return {
            "StackId": self.stack_id,
            "StackName": self.name,
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type_name,
            "ResourceStatus": resource.status,
            "LastUpdatedTimestamp": resource.changed,
            "Timestamp": resource.changed,
            "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
        }

    def timestamp(self) -> datetime:
        """The current time. Each timestamp of a stack is later than the one before, by a millisecond at least."""
        self._last_timestamp = max(_now(), self._last_timestamp + _MILLISECOND)
        return self._last_timestamp

    def set_status(self, status: str, reason: str | None = None) -> None:
        self.status, self.status_reason = status, reason
        self._record(self.name, self.stack_id, "AWS::CloudFormation::Stack", status, reason)

    def set_resource_status(self, resource: Resource, status: str, reason: str | None = None) -> None:
        event = self._record(resource.logical_id, resource.physical_id, resource.type_name, status, reason)
        resource.status, resource.changed = status, event.time

    def _record(self, logical_id: str, physical_id: str, type_name: str, status: str, reason: str | None) -> Event:
        event = Event(self, logical_id, physical_id, type_name, status, reason, self.timestamp())
        self.events.append(event)
        return event


def _now() -> datetime:
    """The current time with AWS's resolution of a millisecond."""
    now: datetime = utcnow()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def parameter_list(parameters: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
