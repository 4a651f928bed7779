"""The resource types."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bootstrap.emulator.cloudformation import errors
from bootstrap.emulator.cloudformation.budget import Budget
from bootstrap.emulator.cloudformation.managed_policy import ManagedPolicy
from bootstrap.emulator.cloudformation.native import native_type
from bootstrap.emulator.cloudformation.oidc_provider import OidcProvider
from bootstrap.emulator.cloudformation.role import Role
from bootstrap.emulator.cloudformation.secret import Secret

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.resource_type import ResourceType

_OWN_TYPES: dict[str, ResourceType] = {
    each.name: each for each in (Budget(), ManagedPolicy(), OidcProvider(), Role(), Secret())
}


@cache
def find_type(name: str) -> ResourceType | None:
    return _OWN_TYPES.get(name) or native_type(name)


def type_of(name: str) -> ResourceType:
    found = find_type(name)
    if found is None:
        message = f"Template format error: Unrecognized resource types: [{name}]"
        raise errors.validation(message)
    return found
