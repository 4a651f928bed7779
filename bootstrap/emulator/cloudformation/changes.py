"""The changes that a submission makes to a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bootstrap.emulator.cloudformation.types import type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bootstrap.emulator.cloudformation.deployment import Deployment
    from bootstrap.emulator.cloudformation.stack import Stack

RETAINED = ("Retain", "RetainExceptOnCreate")


class Change(NamedTuple):
    """One line of a change set."""

    action: str  # Add, Modify, Remove or Import
    logical_id: str
    type_name: str
    physical_id: str | None = None
    replacement: bool = False


def changes(
    stack: Stack, deployment: Deployment, owned: Collection[str] | None, imports: Mapping[str, str] | None = None
) -> list[Change]:
    """Compare a deployment with the stack.

    `owned` are the physical ids of all stacks' resources, or None if nothing may be imported by name. `imports` are the
    physical ids to import, by logical id.
    """
    found = [_change(stack, deployment, logical_id, owned, imports or {}) for logical_id in deployment.logical_ids]
    kept = set(deployment.logical_ids)
    removed = [
        Change("Remove", logical_id, each.type_name, each.physical_id)
        for logical_id, each in stack.resources.items()
        if logical_id not in kept
    ]
    return [*(each for each in found if each is not None), *removed]


def importable(deployment: Deployment, stack: Stack, logical_id: str, owned: Collection[str]) -> str | None:
    """The physical id of the existing resource that this one imports, if any.

    User guide, "Import AWS resources into a CloudFormation stack automatically": the template has its name as a
    literal, it is in no other stack, and its type has no read-only identifier, as a secret has its ARN.
    """
    definition = deployment.definition(logical_id)
    known = type_of(definition["Type"])
    if known.identified_by:
        return None
    name = known.custom_name(definition.get("Properties", {}))
    if not isinstance(name, str):
        return None
    physical_id = known.find(stack.place, name)
    return physical_id if physical_id not in owned else None


def policies(definition: Mapping[str, Any]) -> tuple[str, str]:
    """The DeletionPolicy and the UpdateReplacePolicy of a resource."""
    return definition.get("DeletionPolicy", "Delete"), definition.get("UpdateReplacePolicy", "Delete")


def _change(
    stack: Stack,
    deployment: Deployment,
    logical_id: str,
    owned: Collection[str] | None,
    imports: Mapping[str, str],
) -> Change | None:
    definition = deployment.definition(logical_id)
    type_name: str = definition["Type"]
    have = stack.resources.get(logical_id)
    if have is None:
        deployment.unknown.add(logical_id)
        by_name = None if owned is None else importable(deployment, stack, logical_id, owned)
        physical_id = imports.get(logical_id, by_name)
        return Change("Import" if physical_id else "Add", logical_id, type_name, physical_id)
    want = deployment.properties(logical_id)
    deployment.resources[logical_id] = have
    if have.properties == want and policies(definition) == (have.deletion_policy, have.replace_policy):
        return None
    replacement = type_of(type_name).replaces(have.properties, want)
    if replacement:
        deployment.unknown.add(logical_id)
    return Change("Modify", logical_id, type_name, have.physical_id, replacement)
