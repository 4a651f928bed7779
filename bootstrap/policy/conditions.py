"""Condition operators: whether one holds for a request, also where the request lacks the condition key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.policy.comparisons import MATCH
from bootstrap.policy.language import PolicyError
from bootstrap.policy.variables import ConditionKeys, expand
from bootstrap.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPERATOR: Final = re.compile(
    r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?(?P<name>[A-Za-z]+?)(?P<if_exists>IfExists)?"
)
_NEGATED: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_NULL: Final = "Null"

NAMES: Final = frozenset({*MATCH, *_NEGATED, _NULL})
"""Every operator of IAM, without quantifier and `IfExists`."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, parsed: `ForAllValues:StringNotLikeIfExists` has the name `StringNotLike`."""

    name: str
    quantifier: str
    if_exists: bool

    @classmethod
    def parse(cls, text: str) -> Operator:
        """Raises PolicyError for an unknown operator: taken as false, it would silently disable a Deny."""
        match = _OPERATOR.fullmatch(text)
        if match is None or match["name"] not in NAMES or (match["name"] == _NULL and text != _NULL):
            meant = nearest(text, NAMES)
            message = f"{text!r} is not a condition operator" + (f": did you mean {meant!r}?" if meant else "")
            raise PolicyError(message)
        return cls(match["name"], match["quantifier"] or "", if_exists=bool(match["if_exists"]))

    def holds(self, key: str, patterns: tuple[str, ...], keys: ConditionKeys) -> bool:
        values = keys.get(key.lower(), ())
        if self.name == _NULL:
            return any(_boolean(pattern) != bool(values) for pattern in patterns)
        if not values:
            return self._holds_without_a_value()
        if not self.quantifier and len(values) > 1:
            # AWS documents such a policy as wrong, without a result.
            message = f"{key} has several values in this request: the operator needs ForAnyValue: or ForAllValues:"
            raise PolicyError(message)
        # A pattern with a variable that has no value matches nothing.
        expanded = [text for pattern in patterns if (text := expand(pattern, keys)) is not None]
        quantify = all if self.quantifier == "ForAllValues" else any
        return quantify(self._holds_for(value, expanded) for value in values)

    def check(self, patterns: tuple[str, ...]) -> None:
        """Raises PolicyError for a pattern of the wrong type. One with a variable is checked in a request only."""
        for pattern in patterns:
            if self.name == _NULL:
                _boolean(pattern)
            elif expand(pattern, {}) is not None:
                MATCH[_NEGATED.get(self.name, self.name)]("", pattern)

    def _holds_without_a_value(self) -> bool:
        """IfExists and ForAllValues hold without a value, ForAnyValue does not; otherwise only a negated one does."""
        if self.if_exists or self.quantifier == "ForAllValues":
            return True
        return not self.quantifier and self.name in _NEGATED

    def _holds_for(self, value: str, patterns: list[str]) -> bool:
        """Whether any of the patterns matches, or for a negated operator whether none does."""
        compare = MATCH[_NEGATED.get(self.name, self.name)]
        return any(compare(value, pattern) for pattern in patterns) != (self.name in _NEGATED)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = f"{text!r} is neither true nor false"
        raise PolicyError(message)
    return text.lower() == "true"
