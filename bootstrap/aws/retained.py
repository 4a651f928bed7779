"""The secrets of a template that are in the account already, retained by a stack that let go of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.names import KEY_TAG

if TYPE_CHECKING:
    from bootstrap.aws.door import Aws, Place
    from bootstrap.model import Json

SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 (the type, not a value)


def retained_secrets(aws: Aws, at: Place, resources: Mapping[str, Json]) -> dict[str, str]:
    """The ARN of each that exists and is ours by its tag, by logical id.

    Names, tags and ARNs are read, never a value. Somebody else's secret of the same name is not taken:
    CloudFormation will refuse to make ours, and say why.
    """
    names = {name: logical_id for logical_id, resource in resources.items() if (name := _secret_name(resource))}
    if not names:
        return {}
    there = aws.pages("secretsmanager.ListSecrets", "SecretList", at=at, MaxResults=100)
    return {names[secret["Name"]]: secret["ARN"] for secret in there if secret["Name"] in names and _is_ours(secret)}


def _is_ours(secret: Mapping[str, Any]) -> bool:
    return {"Key": KEY_TAG, "Value": secret["Name"]} in secret.get("Tags", ())


def _secret_name(resource: Json) -> str:
    if not isinstance(resource, Mapping) or resource["Type"] != SECRET:
        return ""
    properties = resource["Properties"]
    assert isinstance(properties, Mapping)
    return str(properties["Name"])
