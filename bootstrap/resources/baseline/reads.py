"""The stacks of an account, and its secrets without their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.model.errors import AwsError, WaitError
from bootstrap.model.names import KEY_TAG
from bootstrap.resources.baseline.template import properties_of, read_template, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.aws.inventory import Inventory
    from bootstrap.model.resource import Json

SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 (the type, not a value)
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


@dataclass(frozen=True, slots=True)
class LiveSecret:
    """A secret without its value. `ours`: it has our tag; `deleting`: it is scheduled for deletion."""

    arn: str
    ours: bool
    deleting: bool

    def as_described(self, name: str) -> dict[str, Any]:
        tags = [{"Key": KEY_TAG, "Value": name}] if self.ours else []
        return {"ARN": self.arn, "Tags": tags, **({"DeletedDate": ""} if self.deleting else {})}


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


def retained_secrets(aws: AwsApi, at: Place, resources: Mapping[str, Json]) -> dict[str, str]:
    """The ARN of each that exists and is ours, by logical id. Raises WaitError for one being deleted.

    Somebody else's secret of the same name is left out: CloudFormation then refuses to create ours.
    """
    found: dict[str, str] = {}
    for logical_id, name in secret_names(resources).items():
        secret = describe_secret(aws, at, name)
        if secret and secret.deleting:
            raise WaitError(
                f"the secret {name} in account {at.account} is scheduled for deletion, which blocks its name",
                hint=f"aws secretsmanager restore-secret --secret-id {name}, in that account; then run again",
            )
        if secret and secret.ours:
            found[logical_id] = secret.arn
    return found


def describe_secret(aws: AwsApi, at: Place, name: str) -> LiveSecret | None:
    """One by one: ListSecrets "might not reflect changes from the last five minutes" (its API reference)."""
    try:
        secret = aws.call("secretsmanager.DescribeSecret", at=at, SecretId=name)
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    ours = {"Key": KEY_TAG, "Value": name} in secret.get("Tags", ())
    return LiveSecret(secret["ARN"], ours, deleting="DeletedDate" in secret)


def secret_names(resources: Mapping[str, Json]) -> dict[str, str]:
    """The names of the secrets among the resources of a template, by logical id."""
    return {logical_id: name for logical_id, item in sorted(resources.items()) if (name := _secret_name(item))}


def _secret_name(resource: Json) -> str:
    """Empty for other resources, and for a secret whose name CloudFormation generates."""
    name = properties_of(resource).get("Name")
    return name if type_of(resource) == SECRET and isinstance(name, str) else ""
