"""Read any CloudFormation template: only what CloudFormation itself requires is relied on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import cfn_flip

if TYPE_CHECKING:
    from bootstrap.model.resource import Json


def read_template(body: Json) -> Mapping[str, Json]:
    """The template in an answer of GetTemplate; empty if it cannot be read.

    boto3 parses JSON. YAML is text with CloudFormation's own tags.
    """
    try:
        found = json.loads(cfn_flip.to_json(body)) if isinstance(body, str) else body
    except (TypeError, ValueError):  # neither, or YAML that JSON cannot express, such as a date as a key
        return {}
    return found if isinstance(found, Mapping) and isinstance(found.get("Resources"), Mapping) else {}


def type_of(resource: Json) -> str:
    """The type of a template's resource; empty for a loop (`Fn::ForEach`)."""
    return str(resource.get("Type", "")) if isinstance(resource, Mapping) else ""


def properties_of(resource: Json) -> Mapping[str, Json]:
    properties = resource.get("Properties") if isinstance(resource, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}


def is_retained(resource: Json) -> bool:
    """Whether it stays in the account when the stack no longer has it."""
    return isinstance(resource, Mapping) and resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
