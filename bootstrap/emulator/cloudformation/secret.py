"""AWS::SecretsManager::Secret."""

from __future__ import annotations

import json
from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceError, ResourceType

DEFAULT_LENGTH = 32


class Secret(ResourceType):
    name = "AWS::SecretsManager::Secret"
    properties = frozenset({"Description", "GenerateSecretString", "KmsKeyId", "Name", "SecretString", "Tags"})
    replaced_by = frozenset({"Name"})
    named_by = "Name"
    identified_by = "Id"
    attributes = frozenset({"Id"})

    def create(self, place: Place, new: Resource) -> None:
        want = new.properties
        # A secret with neither SecretString nor GenerateSecretString has no version: GetSecretValue answers
        # ResourceNotFoundException (template reference, AWS::SecretsManager::Secret).
        answer = _secrets(place).create_secret(
            name=new.physical_id,
            secret_string=_value(place, want),
            secret_binary=None,
            description=want.get("Description"),
            tags=want.get("Tags", []),
            kms_key_id=want.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        new.physical_id = json.loads(answer)["ARN"]

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        secrets = _secrets(place)
        secret = secrets.secrets[have.physical_id]
        secret.description = want.get("Description")
        secret.kms_key_id = want.get("KmsKeyId")
        secrets.untag_resource(secret.arn, [tag["Key"] for tag in have.properties.get("Tags", [])])
        secrets.tag_resource(secret.arn, {tag["Key"]: tag["Value"] for tag in want.get("Tags", [])})
        # A change of SecretString or GenerateSecretString makes a new value; a change of the description does not.
        if any(have.properties.get(each) != want.get(each) for each in ("SecretString", "GenerateSecretString")):
            value = _value(place, want)
            if value is not None:
                secrets._add_secret(  # noqa: SLF001 (as moto's PutSecretValue does)
                    secret.name,
                    secret_string=value,
                    description=secret.description,
                    tags=secret.tags,
                )

    def delete(self, place: Place, have: Resource) -> None:
        # CloudFormation deletes without a recovery window.
        _secrets(place).delete_secret(have.physical_id, None, force_delete_without_recovery=True)

    def find(self, place: Place, name: str) -> str | None:
        secret = _secrets(place).secrets.get(name)
        return str(secret.arn) if secret is not None and not secret.is_deleted() else None


def _secrets(place: Place) -> SecretsManagerBackend:
    return secretsmanager_backends[place.account_id][place.region]


def _value(place: Place, want: Properties) -> str | None:
    rules = want.get("GenerateSecretString")
    if rules is None:
        return want.get("SecretString")
    if "SecretString" in want:
        raise ResourceError("You can't specify both SecretString and GenerateSecretString.")
    password = _password(place, rules)
    if ("SecretStringTemplate" in rules) != ("GenerateStringKey" in rules):
        raise ResourceError("SecretStringTemplate and GenerateStringKey must be specified together.")
    if "SecretStringTemplate" not in rules:
        return password
    template = json.loads(rules["SecretStringTemplate"])
    return json.dumps({**template, rules["GenerateStringKey"]: password})


def _password(place: Place, rules: dict[str, Any]) -> str:
    def flag(name: str, *, default: bool = False) -> bool:
        return str(rules.get(name, default)).lower() == "true"

    answer = _secrets(place).get_random_password(
        password_length=int(rules.get("PasswordLength", DEFAULT_LENGTH)),
        exclude_characters=rules.get("ExcludeCharacters", ""),
        exclude_numbers=flag("ExcludeNumbers"),
        exclude_punctuation=flag("ExcludePunctuation"),
        exclude_uppercase=flag("ExcludeUppercase"),
        exclude_lowercase=flag("ExcludeLowercase"),
        include_space=flag("IncludeSpace"),
        require_each_included_type=flag("RequireEachIncludedType", default=True),
    )
    return str(json.loads(answer)["RandomPassword"])
