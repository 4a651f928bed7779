"""Trust policies of roles: whether one admits principals that another does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap.policy.language import meaning

if TYPE_CHECKING:
    from bootstrap.model.resource import Json
    from bootstrap.policy.language import PolicyStatement


def admits_more(after: Json, before: Json) -> bool:
    """Whether `after` may admit a principal that `before` does not. In doubt it may, since AWS is not asked.

    It does not if each of its statements is one of `before`, or one with more conditions, and if every Deny stays.
    Both are trust policies in the form of a template, or None where there is no role.
    """
    if after is None or before == after:
        return False
    old, new = _statements(before), _statements(after)
    narrower = all(any(_is_within(statement, other) for other in old) for statement in new)
    denied = all(_is_one_of(other, new) for other in old if other.get("Effect") != "Allow")
    return not (narrower and denied)


def _statements(document: Json) -> list[PolicyStatement]:
    """The statements of a policy; IAM takes one or a list. A function of CloudFormation is left out."""
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    items = found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    return [item for item in items if isinstance(item, Mapping)]


def _is_one_of(statement: PolicyStatement, statements: Sequence[PolicyStatement]) -> bool:
    return any(meaning(statement) == meaning(other) for other in statements)


def _is_within(statement: PolicyStatement, other: PolicyStatement) -> bool:
    """Whether an Allow admits no principal that the other does not; any other statement must be equal.

    One more condition admits fewer, because all operators and keys of a statement must hold. Any principal is within
    `*`.
    """
    if statement.get("Effect") != "Allow":
        return _is_one_of(statement, [other])
    apart = {"Condition", "Principal"} if meaning(other.get("Principal")) == "*" else {"Condition"}
    rest, rest_of_other = ({k: v for k, v in one.items() if k not in apart} for one in (statement, other))
    conditions, of_other = statement.get("Condition", {}), other.get("Condition", {})
    if not _is_one_of(rest, [rest_of_other]) or not isinstance(of_other, Mapping):
        return False
    return all(
        isinstance(keys, Mapping)
        and all(meaning(_at(conditions, operator, key)) == meaning(value) for key, value in keys.items())
        for operator, keys in of_other.items()
    )


def _at(conditions: Json, operator: str, key: str) -> Json:
    keys = conditions.get(operator) if isinstance(conditions, Mapping) else None
    return keys.get(key) if isinstance(keys, Mapping) else None
