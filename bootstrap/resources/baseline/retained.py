"""The secrets of a template that are in the account already, retained by a stack that let go of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.model.errors import AwsError, WaitError
from bootstrap.model.names import KEY_TAG
from bootstrap.resources.baseline.template import properties_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.model.resource import Json

SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 (the type, not a value)


@dataclass(frozen=True, slots=True)
class LiveSecret:
    """A secret without its value. `ours`: it has our tag; `deleting`: it is scheduled for deletion."""

    arn: str
    ours: bool
    deleting: bool

    def as_described(self, name: str) -> dict[str, Any]:
        tags = [{"Key": KEY_TAG, "Value": name}] if self.ours else []
        return {"ARN": self.arn, "Tags": tags, **({"DeletedDate": ""} if self.deleting else {})}


def retained_secrets(aws: AwsApi, at: Place, resources: Mapping[str, Json]) -> dict[str, str]:
    """The ARN of each that exists and is ours, by logical id. Raises WaitError for one being deleted.

    Somebody else's secret of the same name is left out: CloudFormation then refuses to create ours.
    """
    found: dict[str, str] = {}
    for logical_id, name in secret_names(resources).items():
        secret = describe_secret(aws, at, name)
        if secret and secret.deleting:
            raise WaitError(
                f"the secret {name} in account {at.account} is scheduled for deletion; its name is taken until then",
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
