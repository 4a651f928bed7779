"""The order in which the resources of a template are created."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bootstrap.emulator.cloudformation import errors
from bootstrap.emulator.cloudformation.intrinsics import references
from bootstrap.emulator.cloudformation.template import parse

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.template import Template


@lru_cache(maxsize=256)
def in_order(text: str) -> list[str]:
    """The logical ids of a template, each after those it refers to (Ref, Fn::GetAtt, Fn::Sub, DependsOn)."""
    template = parse(text)
    needs = {logical_id: _needs(template, logical_id) for logical_id in template["Resources"]}
    ordered: list[str] = []
    while needs:
        free = [logical_id for logical_id, needed in needs.items() if not needed & needs.keys()]
        if not free:
            message = f"Circular dependency between resources: [{', '.join(needs)}]"
            raise errors.validation(message)
        ordered.extend(free)
        for logical_id in free:
            del needs[logical_id]
    return ordered


def _needs(template: Template, logical_id: str) -> set[str]:
    definition: dict[str, Any] = template["Resources"][logical_id]
    after = definition.get("DependsOn", [])
    named = {after} if isinstance(after, str) else set(after)
    found = references(definition.get("Properties", {})) | named
    resources: set[str] = set(template["Resources"])
    unknown = {name for name in found - resources - template.get("Parameters", {}).keys() if "::" not in name}
    if unknown:
        names = ", ".join(sorted(unknown))
        message = f"Template format error: Unresolved resource dependencies [{names}] in the Resources block"
        raise errors.validation(f"{message} of the template")
    return found & resources
