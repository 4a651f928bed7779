"""What pydantic asks of a value, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.spec.models import EMAIL_KEYS, PATTERN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.spec.places import Plain

SORTS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
"""The errors that say a value is of another sort, with the sort that it should have."""

_BOUNDS: Final = {
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of at most {max_length} characters",
    "too_short": "a list or mapping with at least {min_length} in it",
    "too_long": "a list with at most {max_length} in it",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}
_HINTS: Final = {
    "string_pattern_mismatch": "write it in that form",
    "string_too_short": "write more",
    "string_too_long": "shorten it",
    "too_short": "add one, or leave the key out where it may be",
    "too_long": "remove some",
    "literal_error": "write one of these",
}


def bound(kind: str, context: Mapping[str, object]) -> str:
    """What a value of the right sort must be as well."""
    if kind == "string_pattern_mismatch":
        return PATTERN_WORDS.get(str(context["pattern"]), "of another form")
    return _BOUNDS.get(kind, "another value").format(**context).replace("'", "`")


def bound_hint(kind: str, name: str) -> str:
    """What to do about it, in the value of a key."""
    if kind == "string_too_short" and name in EMAIL_KEYS:
        return "write it like `aws+name@example.com`"
    return _HINTS.get(kind, "write another value")


def sort_hint(value: Plain, expected: Sequence[str]) -> str:
    """What to do about a value of another sort."""
    if value is None:
        return "write a value after the `:`"
    if "text" in expected and isinstance(value, bool | int | float):
        return "put quotes around it"
    if "a whole number" in expected and isinstance(value, str):
        return "write digits only, without quotes"
    return f"write {listed(expected)}"


def sort_of(value: Plain) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"


def listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
