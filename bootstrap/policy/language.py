"""The text of a policy: parameter values filled in, the normal form of its statements, and the document in AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Json

if TYPE_CHECKING:
    from bootstrap.spec.models import Guardrail, Value

PolicyStatement: TypeAlias = Mapping[str, Json]
Values: TypeAlias = Mapping[str, Json]
Given: TypeAlias = "Mapping[str, Value]"
"""Parameters with their values in the YAML."""

VERSION: Final = "2012-10-17"
"""Organizations requires this element, and the older version takes variables literally."""

PRINCIPAL_ARN: Final = "aws:PrincipalArn"

# The order of AWS's own examples. It has no meaning to AWS, but a fixed order keeps it out of the diff.
_ELEMENTS: Final = ("Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition")

# Our names are lower case without a colon. Variables of IAM (`${aws:PrincipalTag/team}`) and references to
# addresses (`${organization:example}`) hold a colon: AWS fills the former, and the apply fills the latter.
_NAME: Final = re.compile(r"\$\{([a-z][a-z0-9_.]*)\}")


class PolicyError(BootstrapError):
    """A policy that AWS would reject, or that cannot be evaluated. The caller turns it into a Problem with a line."""


def texts(value: Json) -> tuple[str, ...]:
    """One value, or a list of values, as strings. IAM compares strings only: `true` and `"true"` are equal."""
    if isinstance(value, Mapping) or value is None:
        message = f"expected a string or a list of strings, not {value!r}"
        raise PolicyError(message)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(text for item in value for text in texts(item))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (str(value),)


def parameter_values(guardrail: Guardrail, given: Given, constants: Values) -> Values:
    """The constants, and every parameter with its given value or its default. Raises PolicyError for a bad value."""
    unknown = sorted(given.keys() - guardrail.parameters.keys())
    if unknown:
        message = f"{guardrail.id} has no parameter {unknown[0]!r}; its parameters are: {_names(guardrail.parameters)}"
        raise PolicyError(message)
    chosen = {name: given.get(name, parameter.default) for name, parameter in guardrail.parameters.items()}
    missing = sorted(name for name, value in chosen.items() if value is None)
    if missing:
        message = f"{guardrail.id} needs a value for its parameter {missing[0]!r}, which has no default"
        raise PolicyError(message)
    return {**constants, **{name: fill(value, constants) for name, value in chosen.items()}}


def fill(value: Json, known: Values) -> Json:
    """`value` with every `${name}` replaced. A string that is one `${name}` takes its value with its type."""
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        return _lookup(whole[1], known) if whole else _embed(value, known)
    if isinstance(value, Mapping):
        return fill_mapping(value, known)
    if isinstance(value, Sequence):
        # A list inside a list is flattened by the normal form of its statement.
        return [fill(item, known) for item in value]
    return value


def fill_mapping(mapping: Mapping[str, Json], known: Values) -> Mapping[str, Json]:
    return {_embed(key, known): fill(item, known) for key, item in mapping.items()}


def _embed(text: str, known: Values) -> str:
    def replace(match: re.Match[str]) -> str:
        value = _lookup(match[1], known)
        if not isinstance(value, str):
            message = f"{match[0]} is part of a longer string, so its value must be a string, not {value!r}"
            raise PolicyError(message)
        return value

    return _NAME.sub(replace, text)


def _lookup(name: str, known: Values) -> Json:
    if name not in known:
        message = f"${{{name}}} is not defined; defined are: {_names(known)}"
        raise PolicyError(message)
    return known[name]


def _names(known: Mapping[str, object]) -> str:
    return ", ".join(sorted(known)) or "none"


def normal(statement: PolicyStatement) -> PolicyStatement:
    """The statement in normal form: elements in a fixed order, lists sorted, a list of one as a string.

    Equal statements have equal normal forms.
    """
    ordered = [element for element in _ELEMENTS if element in statement]
    ordered += sorted(statement.keys() - set(_ELEMENTS))
    return {element: _normal_form(statement[element]) for element in ordered}


def document(statements: Sequence[PolicyStatement]) -> str:
    """The document sent to AWS, without white space: Organizations stores it as is and counts every character."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)}, separators=(",", ":"))


def read_version(text: str) -> str:
    """The document's version of the policy language, empty where it has none."""
    return str(json.loads(text).get("Version", ""))


def read_document(text: str) -> tuple[PolicyStatement, ...]:
    """The statements of a document in normal form, comparable with compiled ones."""
    body = json.loads(text)
    statements = body["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    return tuple(normal(statement) for statement in statements)


def meaning(value: Json) -> Json:
    """The normal form of any policy document, or of an IAM resource in a template. Equal meaning, equal form.

    It ignores the order of lists, a list around one value, and whether numbers and booleans are strings. The
    arguments of a CloudFormation function (`Fn::…`) stay as they are, since their order counts.
    """
    if isinstance(value, Mapping):
        return {key: item if key.startswith("Fn::") else meaning(item) for key, item in sorted(value.items())}
    if isinstance(value, Sequence) and not isinstance(value, str):
        members = sorted({json.dumps(meaning(item), sort_keys=True) for item in value})
        items: list[Json] = [json.loads(member) for member in members]
        return items[0] if len(items) == 1 else items
    return texts(value)[0] if value is not None else None


def _normal_form(value: Json) -> Json:
    """Of an element, or of a part of one: of a condition, or of a principal."""
    if isinstance(value, Mapping):
        return {key: _normal_form(item) for key, item in sorted(value.items())}
    members = sorted(set(texts(value)))
    return members[0] if len(members) == 1 else members
