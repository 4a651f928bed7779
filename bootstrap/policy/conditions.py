"""Condition operators: whether they hold of a request, and what an absent key means to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.policy.comparisons import MATCH
from bootstrap.policy.language import PolicyError
from bootstrap.policy.variables import Context, expand
from bootstrap.spec.suggest import nearest

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
"""Every operator there is, without quantifier and `IfExists`."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, e.g. `ForAllValues:StringNotLikeIfExists`, taken apart."""

    name: str
    quantifier: str
    if_exists: bool

    @classmethod
    def parse(cls, text: str) -> Operator:
        """An operator that nobody knows is an error: taken as false, it would silently switch a Deny off."""
        match = _OPERATOR.fullmatch(text)
        if match is None or match["name"] not in NAMES or (match["name"] == _NULL and text != _NULL):
            meant = nearest(text, NAMES)
            message = f"{text!r} is no condition operator" + (f": did you mean {meant!r}?" if meant else "")
            raise PolicyError(message)
        return cls(match["name"], match["quantifier"] or "", if_exists=bool(match["if_exists"]))

    def holds(self, key: str, patterns: tuple[str, ...], context: Context) -> bool:
        values = context.get(key.lower(), ())
        if self.name == _NULL:
            return any(_boolean(pattern) != bool(values) for pattern in patterns)
        if not values:
            return self._holds_without_a_value()
        if not self.quantifier and len(values) > 1:
            # AWS says only that such a policy is wrong, so there is no answer to give.
            message = f"{key} has several values here: the operator needs ForAnyValue: or ForAllValues:"
            raise PolicyError(message)
        # A pattern whose variable has no value matches nothing.
        expanded = [text for pattern in patterns if (text := expand(pattern, context)) is not None]
        quantify = all if self.quantifier == "ForAllValues" else any
        return quantify(self._holds_for(value, expanded) for value in values)

    def check(self, patterns: tuple[str, ...]) -> None:
        """PolicyError for a value that AWS would not take; one with a variable shows only in a request."""
        for pattern in patterns:
            if self.name == _NULL:
                _boolean(pattern)
            elif expand(pattern, {}) is not None:
                MATCH[_NEGATED.get(self.name, self.name)]("", pattern)

    def _holds_without_a_value(self) -> bool:
        """IfExists holds, ForAllValues holds of nothing, ForAnyValue does not; else only a Not... holds."""
        if self.if_exists or self.quantifier == "ForAllValues":
            return True
        return not self.quantifier and self.name in _NEGATED

    def _holds_for(self, value: str, patterns: list[str]) -> bool:
        """Any of the patterns will do; for a Not... none of them may match."""
        compare = MATCH[_NEGATED.get(self.name, self.name)]
        return any(compare(value, pattern) for pattern in patterns) != (self.name in _NEGATED)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = f"{text!r} is neither true nor false"
        raise PolicyError(message)
    return text.lower() == "true"
