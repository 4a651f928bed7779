"""The stacks of an account as one body: the resources of all their templates together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bootstrap.model.diff import canonical
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK
from bootstrap.policy.language import meaning
from bootstrap.resources.baseline.stack import COMPLETE
from bootstrap.resources.baseline.template import properties_of, type_of

if TYPE_CHECKING:
    from bootstrap.model.resource import Body, Json, Resource

# In place of the description of a stack.
_UNREADABLE: Final = "(its template cannot be read)"
# Likewise, for a stack that is not complete.
_STATUS: Final = re.compile(r"[A-Z_]+_(?:COMPLETE|FAILED|IN_PROGRESS)")


def body_of(templates: Mapping[str, Mapping[str, Any]], region: str) -> Body:
    """The body of templates by stack name. A resource in the wrong stack for its type, or with an id that another stack
    has, was put there by somebody: its stack becomes part of its id.
    """
    resources: dict[str, Json] = {}
    for name, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            expected = _stack_of(logical_id, resource) == name and logical_id not in resources
            resources[logical_id if expected else f"{name}/{logical_id}"] = resource
    descriptions = {name: template["Description"] for name, template in templates.items()}
    return {"region": region, "stacks": descriptions, "resources": resources}


def template_of(body: Body, name: str) -> Mapping[str, Json] | None:
    """The template of one stack, or None if there is no such stack."""
    descriptions, resources = body["stacks"], body["resources"]
    assert isinstance(descriptions, Mapping)
    assert isinstance(resources, Mapping)
    if name not in descriptions:
        return None
    mine = {key.rpartition("/")[2]: item for key, item in resources.items() if _stack_of(key, item) == name}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Description": descriptions[name], "Resources": mine}


def as_found(status: str, template: Mapping[str, Json]) -> Mapping[str, Any]:
    """The template of a stack, with a description that no wanted one has if it is incomplete or cannot be read."""
    if not template:
        return {"Description": _UNREADABLE, "Resources": {}}
    description = template.get("Description", "") if status in COMPLETE else status
    return {**template, "Description": description}


def worded_as(wanted: Json, have: Resource) -> Resource:
    """`have`, with each resource that is equivalent to the wanted one replaced by that one."""
    assert isinstance(wanted, Mapping)
    found = resources_of(have)
    same = {
        key: wanted[key] for key, item in found.items() if key in wanted and _canonical(item) == _canonical(wanted[key])
    }
    return replace(have, body={**have.body, "resources": {**found, **same}})


def _canonical(item: Json) -> Json:
    """One form for equivalent resources: the order of IAM's lists and of tags does not matter."""
    if type_of(item).startswith("AWS::IAM::"):
        return meaning(item)
    tags = properties_of(item).get("Tags")
    if not (isinstance(item, Mapping) and isinstance(tags, list)):
        return item
    return {**item, "Properties": {**properties_of(item), "Tags": sorted(tags, key=canonical)}}


def deployed(baseline: Resource) -> dict[str, Json]:
    """The resources of the complete stacks: what another stack has created is unknown."""
    complete = {name for name, description in stacks_of(baseline).items() if not _STATUS.fullmatch(str(description))}
    return {key: item for key, item in resources_of(baseline).items() if _stack_of(key, item) in complete}


def unreadable(baseline: Resource) -> list[str]:
    return [name for name, description in stacks_of(baseline).items() if description == _UNREADABLE]


def stacks_of(baseline: Resource) -> Mapping[str, Json]:
    stacks = baseline.body["stacks"]
    assert isinstance(stacks, Mapping)
    return stacks


def resources_of(baseline: Resource) -> Mapping[str, Any]:
    resources = baseline.body["resources"]
    assert isinstance(resources, Mapping)
    return resources


def _stack_of(logical_id: str, resource: Json) -> str:
    """The stack of a resource: its id names it, or its type decides."""
    if stack := logical_id.rpartition("/")[0]:
        return stack
    return BUDGET_STACK if type_of(resource) == "AWS::Budgets::Budget" else BASELINE_STACK
