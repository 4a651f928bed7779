"""Documents in texts: the content of a policy, the body of a template. What they say may be escaped in the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bootstrap.model.resource import Json


def read_document(text: str) -> Json:
    """The JSON in a text, or the CloudFormation template in YAML; None for any other text."""
    if text.startswith(("{", "[")):
        try:
            found: Json = json.loads(text, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            return None
        return found
    return _template(text) if "Resources" in text else None


def write_document(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a key that stands there twice: one of its values would be lost, and never looked at."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _template(text: str) -> Json:
    import cfn_flip  # noqa: PLC0415 (it loads a YAML parser, and `--help` masks nothing)

    try:
        found: Json = json.loads(cfn_flip.to_json(text))
    except (TypeError, ValueError, RecursionError):  # neither; or what JSON has no word for, as a date for a key
        return None
    return found if isinstance(found, Mapping) and "Resources" in found else None
