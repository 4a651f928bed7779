"""The stacks of an account, and its secrets without their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.model.errors import AwsError
from bootstrap.resources.baseline.retained import LiveSecret, describe_secret
from bootstrap.resources.baseline.template import read_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.aws.inventory import Inventory
    from bootstrap.model.resource import Json

# All but DELETE_COMPLETE, which lists 90 days of deleted stacks, and REVIEW_IN_PROGRESS: an empty stack, whose change
# set was never executed.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
STATUSES: Final = (
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
)


@dataclass(frozen=True, slots=True)
class LiveStack:
    """One stack. `updated` is when its template last changed."""

    id: str
    name: str
    status: str
    updated: str


def stacks(inventory: Inventory, at: Place) -> Mapping[str, LiveStack]:
    return list_stacks(inventory.aws, at)


def list_stacks(aws: AwsApi, at: Place) -> dict[str, LiveStack]:
    """The stacks of an account and region by name, 100 a page."""
    found = aws.pages("cloudformation.ListStacks", "StackSummaries", at=at, StackStatusFilter=list(STATUSES))
    return {stack["StackName"]: as_live(stack) for stack in found}


def as_live(stack: Mapping[str, Any]) -> LiveStack:
    """A stack of ListStacks or DescribeStacks; without an update it has no LastUpdatedTime."""
    updated = str(stack.get("LastUpdatedTime") or stack.get("CreationTime", ""))
    return LiveStack(stack["StackId"], stack["StackName"], stack["StackStatus"], updated)


def template(inventory: Inventory, at: Place, name: str) -> Mapping[str, Json]:
    """The template exactly as it was last deployed; empty if it cannot be read."""
    return get_template(inventory.aws, at, name)


def get_template(aws: AwsApi, at: Place, name: str) -> Mapping[str, Json]:
    found = aws.call("cloudformation.GetTemplate", at=at, StackName=name, TemplateStage="Original")
    return read_template(found["TemplateBody"])


def secret(inventory: Inventory, at: Place, name: str) -> LiveSecret | None:
    try:
        return describe_secret(inventory.aws, at, name)
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        return None
