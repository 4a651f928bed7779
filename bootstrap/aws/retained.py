"""The secrets of a template that are in the account already, retained by a stack that let go of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.errors import AwsError, WaitError
from bootstrap.names import KEY_TAG

if TYPE_CHECKING:
    from bootstrap.aws.calling import Aws, Place
    from bootstrap.model import Json

SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 (the type, not a value)


def retained_secrets(aws: Aws, at: Place, resources: Mapping[str, Json]) -> dict[str, str]:
    """The ARN of each that exists and is ours by its tag, by logical id. Raises WaitError for one being deleted.

    Names, tags and ARNs are read, never a value. Somebody else's secret of the same name is not taken:
    CloudFormation will refuse to make ours, and say why.
    """
    found: dict[str, str] = {}
    for logical_id, name in sorted((logical_id, _secret_name(item)) for logical_id, item in resources.items()):
        secret = _describe(aws, at, name) if name else None
        if secret and {"Key": KEY_TAG, "Value": name} in secret.get("Tags", ()):
            found[logical_id] = secret["ARN"]
    return found


def _describe(aws: Aws, at: Place, name: str) -> Mapping[str, Any] | None:
    """One by one: ListSecrets "might not reflect changes from the last five minutes" (its API reference)."""
    try:
        secret = aws.call("secretsmanager.DescribeSecret", at=at, SecretId=name)
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    if "DeletedDate" in secret:
        raise WaitError(
            f"the secret {name} in account {at.account} is scheduled for deletion, and its name is taken until then",
            hint=f"aws secretsmanager restore-secret --secret-id {name}, in that account; then run again",
        )
    return secret


def _secret_name(resource: Json) -> str:
    if not isinstance(resource, Mapping) or resource["Type"] != SECRET:
        return ""
    properties = resource["Properties"]
    assert isinstance(properties, Mapping)
    return str(properties["Name"])
