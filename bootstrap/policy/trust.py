"""The trust of a role: whether one lets in anybody that another does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap.policy.language import meaning

if TYPE_CHECKING:
    from bootstrap.model.resource import Json
    from bootstrap.policy.language import PolicyStatement


def admits_more(after: Json, before: Json) -> bool:
    """Whether `after` may let in anybody that `before` did not, for all that can be told without asking AWS: each of
    its statements must be one of before, or one of before with more conditions, and those that deny must stay.

    Both are trust policies as a template has them, or None where there is no role.
    """
    if after is None or before == after:
        return False
    old, new = _statements(before), _statements(after)
    narrower = all(any(_is_within(statement, other) for other in old) for statement in new)
    denied = all(_is_one_of(other, new) for other in old if other.get("Effect") != "Allow")
    return not (narrower and denied)


def _statements(document: Json) -> list[PolicyStatement]:
    """The statements of a policy, one or many as IAM takes them: none that only CloudFormation can tell."""
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    items = found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    return [item for item in items if isinstance(item, Mapping)]


def _is_one_of(statement: PolicyStatement, statements: Sequence[PolicyStatement]) -> bool:
    return any(meaning(statement) == meaning(other) for other in statements)


def _is_within(statement: PolicyStatement, other: PolicyStatement) -> bool:
    """A condition more lets in fewer: all operators of a statement, and all keys of each, must hold; and whoever is
    let in is one of all (`*`). Of a statement that denies it is the other way about: it must be the same.
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
