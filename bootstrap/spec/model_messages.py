"""Messages and hints for the errors of pydantic, by their type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.spec.models import PATTERN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.spec.node import Plain

EXPECTED_TYPES: Final = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
"""The errors about a value of the wrong type, with the type that is expected."""

_RULES: Final = {
    "string_too_short": "a string of at least {min_length} characters",
    "string_too_long": "a string of at most {max_length} characters",
    "too_short": "a list or mapping of {min_length} or more items",
    "too_long": "a list of at most {max_length} items",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}
_HINTS: Final = {
    "string_pattern_mismatch": "change it to that form",
    "string_too_short": "write a longer text",
    "string_too_long": "shorten it",
    "too_short": "add an item, or remove the key if it is optional",
    "too_long": "remove items",
    "literal_error": "use one of these",
}


def rule(kind: str, context: Mapping[str, object]) -> str:
    """The rule that a value of the right type breaks."""
    if kind == "string_pattern_mismatch":
        return PATTERN_WORDS.get(str(context["pattern"]), "in another form")
    return _RULES.get(kind, "another value").format(**context).replace("'", "`")


def rule_hint(kind: str, name: str) -> str:
    """How to fix a value that breaks a rule."""
    if kind == "string_too_short" and name in ("email", "owner"):
        return "write it like `aws+name@example.com`"
    return _HINTS.get(kind, "change the value")


def type_hint(value: Plain, expected: Sequence[str]) -> str:
    """How to fix a value of the wrong type."""
    if value is None:
        return "write a value after the `:`"
    if "a string" in expected and isinstance(value, bool | int | float):
        return "put it in quotes"
    if "an integer" in expected and isinstance(value, str):
        return "write digits only, without quotes"
    return f"write {alternatives(expected)}"


def type_of(value: Plain) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
    return "a mapping"


def alternatives(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
