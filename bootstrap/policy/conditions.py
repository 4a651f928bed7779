"""Conditions: whether one holds for a request, also where the request lacks the condition key."""

from __future__ import annotations

import base64
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, TypeAlias

from bootstrap.policy import wildcard
from bootstrap.policy.language import PolicyError
from bootstrap.spec.problems import nearest

ConditionKeys: TypeAlias = Mapping[str, tuple[str, ...]]
"""The condition keys of a request with their values. Names are in lower case, since IAM ignores their case."""
Compare: TypeAlias = Callable[[str, str], bool]
"""(value in the request, pattern in the policy) -> whether they match. The pattern is still escaped."""

_VARIABLE: Final = re.compile(r"\$\{(?P<key>[^}*?$,\s][^},]*?)\s*(?:,\s*'(?P<default>[^']*)')?\s*\}")
_OPERATOR: Final = re.compile(
    r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?(?P<name>[A-Za-z]+?)(?P<if_exists>IfExists)?"
)


def expand(template: str, keys: ConditionKeys) -> str | None:
    """A pattern with every policy variable, `${aws:PrincipalTag/team}` or `${aws:PrincipalTag/team, 'none'}`, replaced
    by its value, or None where one has neither value nor default.

    Values are escaped: a `*` in a tag is no wildcard. A key with several values has no value as a variable
    (IAM's reference: "single-valued condition keys only").
    """
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        values = keys.get(match["key"].lower(), ())
        if len(values) == 1:
            return wildcard.escape(values[0])
        if match["default"] is not None:
            return wildcard.escape(match["default"])
        missing = True
        return ""

    if "${" not in template:
        return template
    expanded = _VARIABLE.sub(value, template)
    return None if missing else expanded


def _plain(compare: Compare) -> Compare:
    """An operator on strings, without wildcards."""
    return lambda value, pattern: compare(value, wildcard.unescape(pattern))


def _typed(
    what: str,
    compare: Callable[[Any, Any], bool],
    parse: Callable[[str], Any],
    parse_value: Callable[[str], Any] | None = None,
) -> Compare:
    """An operator on values of a type. A value in the request that is not of the type matches nothing."""

    def matched(value: str, pattern: str) -> bool:
        text = wildcard.unescape(pattern)
        try:
            wanted = parse(text)
        except (ValueError, InvalidOperation):
            message = f"{text!r} is not {what}"
            raise PolicyError(message) from None
        try:
            return compare((parse_value or parse)(value), wanted)
        except (ValueError, InvalidOperation):
            return False

    return matched


def _date(text: str) -> Decimal:
    """Seconds since 1970. IAM takes ISO 8601 dates and epoch seconds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        date = datetime.fromisoformat(text)
    return Decimal(str((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()))


def _same_arn(value: str, pattern: str) -> bool:
    if pattern.count(":") < wildcard.ARN_PARTS - 1:
        message = f"{pattern!r} is not an ARN: an ARN has six parts, arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
        raise PolicyError(message)
    return wildcard.matches_arn(pattern, value)


_ORDER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# The operators that are not negated. Each raises PolicyError for a pattern of the wrong type.
_MATCH: Final[Mapping[str, Compare]] = {
    "StringEquals": _plain(operator.eq),
    "StringEqualsIgnoreCase": _plain(lambda value, text: value.casefold() == text.casefold()),
    "StringLike": lambda value, pattern: wildcard.matches(pattern, value),
    **{f"Numeric{name}": _typed("a number", compare, Decimal) for name, compare in _ORDER.items()},
    **{f"Date{name}": _typed("a date, e.g. 2026-01-31T00:00:00Z", compare, _date) for name, compare in _ORDER.items()},
    "Bool": _plain(lambda value, text: value.lower() == text.lower()),
    "BinaryEquals": _typed("base64", operator.eq, partial(base64.b64decode, validate=True)),
    "IpAddress": _typed(
        "an IP address or a range such as 203.0.113.0/24",
        lambda address, network: address in network,
        partial(ipaddress.ip_network, strict=False),
        ipaddress.ip_address,
    ),
    "ArnEquals": _same_arn,
    "ArnLike": _same_arn,
}
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

OPERATORS: Final = frozenset({*_MATCH, *_NEGATED, _NULL})
"""Every operator of IAM, without quantifier and `IfExists`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition element: an operator, a condition key, and the patterns to compare its values with.

    The operator is parsed: `ForAllValues:StringNotLikeIfExists` is `StringNotLike`, a quantifier and `if_exists`.
    """

    operator: str
    quantifier: str
    if_exists: bool
    key: str
    patterns: tuple[str, ...]

    @classmethod
    def parse(cls, operator: str, key: str, patterns: tuple[str, ...]) -> Condition:
        """Raises PolicyError for an unknown operator: taken as false, it would silently disable a Deny."""
        match = _OPERATOR.fullmatch(operator)
        if match is None or match["name"] not in OPERATORS or (match["name"] == _NULL and operator != _NULL):
            meant = nearest(operator, OPERATORS)
            message = f"{operator!r} is not a condition operator" + (f": did you mean {meant!r}?" if meant else "")
            raise PolicyError(message)
        return cls(match["name"], match["quantifier"] or "", bool(match["if_exists"]), key, patterns)

    def holds(self, keys: ConditionKeys) -> bool:
        values = keys.get(self.key.lower(), ())
        if self.operator == _NULL:
            return any(_boolean(pattern) != bool(values) for pattern in self.patterns)
        if not values:
            return self._holds_without_a_value()
        if not self.quantifier and len(values) > 1:
            # AWS documents such a policy as wrong, without a result.
            message = f"{self.key} has several values in this request: the operator needs ForAnyValue: or ForAllValues:"
            raise PolicyError(message)
        # A pattern with a variable that has no value matches nothing.
        expanded = [text for pattern in self.patterns if (text := expand(pattern, keys)) is not None]
        quantify = all if self.quantifier == "ForAllValues" else any
        return quantify(self._holds_for(value, expanded) for value in values)

    def check(self) -> None:
        """Raises PolicyError for a pattern of the wrong type. One with a variable is checked in a request only."""
        for pattern in self.patterns:
            if self.operator == _NULL:
                _boolean(pattern)
            elif expand(pattern, {}) is not None:
                self._compare("", pattern)

    def _holds_without_a_value(self) -> bool:
        """IfExists and ForAllValues hold without a value, ForAnyValue does not; otherwise only a negated one does."""
        if self.if_exists or self.quantifier == "ForAllValues":
            return True
        return not self.quantifier and self.operator in _NEGATED

    def _holds_for(self, value: str, patterns: list[str]) -> bool:
        """Whether any of the patterns matches, or for a negated operator whether none does."""
        return any(self._compare(value, pattern) for pattern in patterns) != (self.operator in _NEGATED)

    def _compare(self, value: str, pattern: str) -> bool:
        return _MATCH[_NEGATED.get(self.operator, self.operator)](value, pattern)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = f"{text!r} is neither true nor false"
        raise PolicyError(message)
    return text.lower() == "true"
