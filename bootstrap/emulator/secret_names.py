"""Secrets Manager refuses the name of a secret that is scheduled for deletion."""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from bootstrap.emulator.patching import original, replaces

_create_secret_moto = original(SecretsManagerBackend, "create_secret")


@replaces(SecretsManagerBackend, "create_secret")
def create_secret(backend: Any, name: str, **secret: Any) -> str:
    """API reference, CreateSecret: InvalidRequestException while the secret is scheduled for deletion."""
    if name in backend.secrets and backend.secrets[name].is_deleted():
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise InvalidRequestException(message)
    made: str = _create_secret_moto(backend, name, **secret)
    return made
