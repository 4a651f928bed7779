"""The comparison that each condition operator makes between one value of a request and one value of a policy."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from bootstrap.policy import wildcard
from bootstrap.policy.language import PolicyError

Compare: TypeAlias = Callable[[str, str], bool]
"""(value in the request, pattern in the policy) -> whether they match. The pattern is still escaped."""


def _plain(compare: Callable[[str, str], bool]) -> Compare:
    """An operator without wildcards."""
    return lambda value, pattern: compare(value, wildcard.unescape(pattern))


def _ordered(compare: Callable[[Decimal, Decimal], bool], parse: Callable[[str], Decimal]) -> Compare:
    """An operator on numbers or dates. A value in the request that is neither matches nothing."""

    def matched(value: str, pattern: str) -> bool:
        wanted = parse(wildcard.unescape(pattern))
        try:
            return compare(parse(value), wanted)
        except PolicyError:
            return False

    return matched


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        message = f"{text!r} is not a number"
        raise PolicyError(message) from None


def _date(text: str) -> Decimal:
    """Seconds since 1970. IAM takes ISO 8601 dates and epoch seconds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a date, e.g. 2026-01-31T00:00:00Z"
        raise PolicyError(message) from None
    return Decimal(str((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        message = f"{text!r} is not base64"
        raise PolicyError(message) from None


def _same_bytes(value: str, text: str) -> bool:
    wanted = _bytes(text)
    try:
        return _bytes(value) == wanted
    except PolicyError:
        return False


def _in_network(value: str, text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        message = f"{text!r} is not an IP address or a range such as 203.0.113.0/24"
        raise PolicyError(message) from None
    try:
        return ipaddress.ip_address(value) in network
    except ValueError:
        return False


def _same_arn(value: str, pattern: str) -> bool:
    if pattern.count(":") < wildcard.ARN_PARTS - 1:
        message = f"{pattern!r} is not an ARN: an ARN has six parts, arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
        raise PolicyError(message)
    return wildcard.matches_arn(pattern, value)


MATCH: Final[Mapping[str, Compare]] = {
    "StringEquals": _plain(operator.eq),
    "StringEqualsIgnoreCase": _plain(lambda value, text: value.casefold() == text.casefold()),
    "StringLike": lambda value, pattern: wildcard.matches(pattern, value),
    "NumericEquals": _ordered(operator.eq, _number),
    "NumericLessThan": _ordered(operator.lt, _number),
    "NumericLessThanEquals": _ordered(operator.le, _number),
    "NumericGreaterThan": _ordered(operator.gt, _number),
    "NumericGreaterThanEquals": _ordered(operator.ge, _number),
    "DateEquals": _ordered(operator.eq, _date),
    "DateLessThan": _ordered(operator.lt, _date),
    "DateLessThanEquals": _ordered(operator.le, _date),
    "DateGreaterThan": _ordered(operator.gt, _date),
    "DateGreaterThanEquals": _ordered(operator.ge, _date),
    "Bool": _plain(lambda value, text: value.lower() == text.lower()),
    "BinaryEquals": _plain(_same_bytes),
    "IpAddress": _plain(_in_network),
    "ArnEquals": _same_arn,
    "ArnLike": _same_arn,
}
"""The operators that are not negated. Each raises PolicyError for a pattern of the wrong type."""
