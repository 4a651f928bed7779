"""The template of a stack as anybody may have written it: only what CloudFormation itself insists on is relied on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import cfn_flip

if TYPE_CHECKING:
    from bootstrap.model.resource import Json


def read_template(body: Json) -> Mapping[str, Json]:
    """A template as GetTemplate answers it; empty if it cannot be read, which none is that ever was.

    boto3 reads JSON by itself. YAML is text as somebody wrote it, with CloudFormation's own tags.
    """
    try:
        found = json.loads(cfn_flip.to_json(body)) if isinstance(body, str) else body
    except (TypeError, ValueError):  # neither of the two; or what JSON has no word for, as a date for a key
        return {}
    return found if isinstance(found, Mapping) and isinstance(found.get("Resources"), Mapping) else {}


def type_of(resource: Json) -> str:
    """The type of one of a template's resources; none of what only stands among them, as a loop (`Fn::ForEach`)."""
    return str(resource.get("Type", "")) if isinstance(resource, Mapping) else ""


def properties_of(resource: Json) -> Mapping[str, Json]:
    """The properties of one of a template's resources, none where it leaves them out."""
    properties = resource.get("Properties") if isinstance(resource, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}


def is_retained(resource: Json) -> bool:
    """Whether it stays in the account when the stack lets go of it."""
    return isinstance(resource, Mapping) and resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
