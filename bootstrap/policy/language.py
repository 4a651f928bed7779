"""The text of a policy: its normal form, the document that is sent, the statements of one that is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Json

PolicyStatement: TypeAlias = Mapping[str, Json]

VERSION: Final = "2012-10-17"
"""Organizations demands this element, and with the older version variables would be plain text."""

PRINCIPAL_ARN: Final = "aws:PrincipalArn"

# The order of AWS's own examples: it has no meaning, but a diff of it would be noise.
_ELEMENTS: Final = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")


class PolicyError(BootstrapError):
    """A policy text that AWS would refuse, or that means nothing; it becomes a Problem with a place."""


def texts(value: Json) -> tuple[str, ...]:
    """One value or a list of them as texts. IAM knows only text: `true` and `"true"` are the same to it."""
    if isinstance(value, Mapping) or value is None:
        message = f"expected a text or a list of texts, not {value!r}"
        raise PolicyError(message)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(text for item in value for text in texts(item))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (str(value),)


def normal(statement: PolicyStatement) -> PolicyStatement:
    """The statement in the one form that equal statements share: sorted sets, and a set of one as a text."""
    ordered = [element for element in _ELEMENTS if element in statement]
    ordered += sorted(statement.keys() - set(_ELEMENTS))
    return {element: _normal_element(element, statement[element]) for element in ordered}


def document(statements: Sequence[PolicyStatement]) -> str:
    """What is sent. Organizations stores it as it comes and counts its white space, so there is none."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)}, separators=(",", ":"))


def read_version(text: str) -> str:
    """The version of the language that a document is written in: with the older one variables are plain text."""
    return str(json.loads(text).get("Version", ""))


def read_document(text: str) -> tuple[PolicyStatement, ...]:
    """The statements of a document in normal form, for comparing by meaning with what was compiled."""
    body = json.loads(text)
    statements = body["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    return tuple(normal(statement) for statement in statements)


def meaning(value: Json) -> Json:
    """Any policy document, or resource of IAM in a template, in the one form that all of equal meaning share: the
    order of statements and values, a list of one, and numbers or truths as texts are no difference.

    What is given to a function of CloudFormation stays as it is: its order counts.
    """
    if isinstance(value, Mapping):
        return {key: item if key.startswith("Fn::") else meaning(item) for key, item in sorted(value.items())}
    if isinstance(value, Sequence) and not isinstance(value, str):
        members = sorted({json.dumps(meaning(item), sort_keys=True) for item in value})
        items: list[Json] = [json.loads(member) for member in members]
        return items[0] if len(items) == 1 else items
    return texts(value)[0] if value is not None else None


def _normal_element(element: str, value: Json) -> Json:
    if element in {"Sid", "Effect"}:
        return value
    if element == "Condition" and isinstance(value, Mapping):
        return {operator: _normal_keys(keys) for operator, keys in sorted(value.items())}
    return _normal_set(value)


def _normal_keys(keys: Json) -> Json:
    if not isinstance(keys, Mapping):
        message = f"a condition operator takes keys with their values, not {keys!r}"
        raise PolicyError(message)
    return {key: _normal_set(value) for key, value in sorted(keys.items())}


def _normal_set(value: Json) -> Json:
    members = sorted(set(texts(value)))
    return members[0] if len(members) == 1 else members
