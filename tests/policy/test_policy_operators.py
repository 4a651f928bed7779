"""Condition operators: each with a value that matches, one that does not, and no value at all."""

from __future__ import annotations

import pytest

from bootstrap.policy.conditions import OPERATORS, Condition
from bootstrap.policy.language import PolicyError

ROLE = "arn:aws:iam::111122223333:role/admin"
OTHER = "arn:aws:iam::111122223333:role/developer"
# operator, patterns, a value that the positive operator matches, one that it does not
TABLE = [
    ("StringEquals", ("a", "b"), "b", "B"),
    ("StringEquals", ("a*",), "a*", "ab"),
    ("StringEquals", ("${*}${$}${?}",), "*$?", "x"),
    ("StringEqualsIgnoreCase", ("Straße",), "STRASSE", "strase"),
    ("StringLike", ("t3.*", "m?.large"), "m5.large", "m52.large"),
    ("StringLike", ("a${*}",), "a*", "ab"),
    ("NumericEquals", ("3",), "3.0", "4"),
    ("NumericLessThan", ("30",), "7", "30"),
    ("NumericLessThanEquals", ("30",), "30", "31"),
    ("NumericGreaterThan", ("30",), "31", "30"),
    ("NumericGreaterThanEquals", ("30",), "30", "29"),
    ("NumericEquals", ("3",), "3", "three"),
    ("DateEquals", ("2026-01-31T00:00:00Z",), "1769817600", "1769817601"),
    ("DateLessThan", ("2026-01-31",), "2026-01-30T23:59:59Z", "2026-01-31T00:00:00Z"),
    ("DateLessThanEquals", ("2026-01-31T00:00:00+01:00",), "2026-01-30T23:00:00Z", "2026-01-30T23:00:01Z"),
    ("DateGreaterThan", ("2026-01-31T00:00:00Z",), "2026-02-01", "2026-01-31"),
    ("DateGreaterThanEquals", ("1769817600",), "2026-01-31T00:00:00Z", "2026-01-30"),
    ("DateEquals", ("2026-01-31T00:00:00Z",), "2026-01-31", "yesterday"),
    ("Bool", ("true",), "True", "false"),
    ("BinaryEquals", ("QmluYXJ5",), "QmluYXJ5", "QmluYXJ4"),
    ("BinaryEquals", ("QmluYXJ5",), "QmluYXJ5", "not base64"),
    ("IpAddress", ("203.0.113.0/24", "2001:db8::/32"), "203.0.113.7", "203.0.114.7"),
    ("IpAddress", ("203.0.113.0/24", "2001:db8::/32"), "2001:db8::1", "no address"),
    # AWS takes a range whose address has bits beyond its prefix.
    ("IpAddress", ("203.0.113.9/24",), "203.0.113.7", "203.0.114.9"),
    ("IpAddress", ("203.0.113.7",), "203.0.113.7", "203.0.113.8"),
    ("ArnEquals", ("arn:aws:iam::*:role/admin",), ROLE, OTHER),
    ("ArnLike", ("arn:aws:iam::*:role/a*",), ROLE, OTHER),
    ("ArnLike", ("arn:aws:iam::*:role/a*",), ROLE, "no ARN"),
]
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}


def holds(operator: str, patterns: tuple[str, ...], *values: str) -> bool:
    context = {"aws:key": values} if values else {}
    return Condition.parse(operator, "AWS:Key", patterns).holds(context)


@pytest.mark.parametrize(("operator", "patterns", "match", "other"), TABLE)
def test_an_operator_and_its_negation(operator: str, patterns: tuple[str, ...], match: str, other: str) -> None:
    assert holds(operator, patterns, match)
    assert not holds(operator, patterns, other)
    if negated := NEGATED.get(operator):
        assert not holds(negated, patterns, match)
        assert holds(negated, patterns, other)


def test_the_table_holds_every_operator() -> None:
    positive = {operator for operator, *_ in TABLE}
    assert positive | {NEGATED[name] for name in positive & NEGATED.keys()} | {"Null"} == OPERATORS


@pytest.mark.parametrize(("operator", "patterns", "match", "other"), TABLE)
def test_an_absent_key(operator: str, patterns: tuple[str, ...], match: str, other: str) -> None:
    """A positive operator does not hold without the key, a negated one does, and with IfExists both do."""
    assert not holds(operator, patterns)
    assert holds(f"{operator}IfExists", patterns)
    assert not holds(f"{operator}IfExists", patterns, other)
    assert holds(f"{operator}IfExists", patterns, match)
    if negated := NEGATED.get(operator):
        assert holds(negated, patterns)
        assert holds(f"{negated}IfExists", patterns)
        assert not holds(f"{negated}IfExists", patterns, match)


@pytest.mark.parametrize(
    ("patterns", "values", "expected"),
    [
        (("true",), (), True),
        (("true",), ("x",), False),
        (("false",), (), False),
        (("false",), ("x",), True),
        (("true", "false"), (), True),
        (("true", "false"), ("x",), True),
    ],
)
def test_null_asks_whether_the_key_is_absent(
    patterns: tuple[str, ...], values: tuple[str, ...], *, expected: bool
) -> None:
    assert holds("Null", patterns, *values) is expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAllValues:StringEquals", (), True),
        ("ForAnyValue:StringEquals", ("c", "a"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAnyValue:StringEquals", (), False),
        ("ForAnyValue:StringEqualsIfExists", (), True),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("c", "a"), False),
        ("ForAllValues:StringNotEquals", (), True),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
        ("ForAnyValue:StringNotEquals", (), False),
        ("ForAllValues:StringLikeIfExists", ("a",), True),
    ],
)
def test_quantifiers_over_a_key_with_several_values(operator: str, values: tuple[str, ...], *, expected: bool) -> None:
    assert holds(operator, ("a", "b"), *values) is expected


@pytest.mark.parametrize(
    "operator",
    [
        "StringEqual",
        "stringequals",
        "NullIfExists",
        "ForAllValues:Null",
        "ForSome:StringLike",
        ":Bool",
        "",
        "IfExists",
    ],
)
def test_an_unknown_operator_is_an_error(operator: str) -> None:
    with pytest.raises(PolicyError, match="not a condition operator"):
        Condition.parse(operator, "aws:Key", ())


@pytest.mark.parametrize(
    ("operator", "pattern"),
    [
        ("NumericEquals", "three"),
        ("DateLessThan", "soon"),
        ("BinaryEquals", "not base64"),
        ("IpAddress", "203.0.113.0/99"),
        ("ArnLike", "arn:aws:iam::*"),
        ("ArnNotLike", "*"),
        ("Null", "perhaps"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(operator: str, pattern: str) -> None:
    with pytest.raises(PolicyError):
        Condition.parse(operator, "aws:Key", (pattern,)).check()
    with pytest.raises(PolicyError):
        holds(operator, (pattern,), "1")


def test_several_values_without_a_quantifier_are_an_error() -> None:
    with pytest.raises(PolicyError, match="ForAnyValue"):
        holds("StringEquals", ("a",), "a", "b")


@pytest.mark.parametrize(
    ("operator", "pattern", "context", "expected"),
    [
        ("StringEquals", "${aws:PrincipalTag/Team}", {"aws:principaltag/team": ("red",)}, True),
        ("StringEquals", "${aws:PrincipalTag/Team}", {"aws:principaltag/team": ("blue",)}, False),
        ("StringEquals", "${aws:PrincipalTag/Team, 'red'}", {}, True),
        ("StringEquals", "${aws:PrincipalTag/Team, 'red'}", {"aws:principaltag/team": ("blue",)}, False),
        # Without a value and without a default it matches nothing.
        ("StringEquals", "${aws:PrincipalTag/Team}", {}, False),
        ("StringNotEquals", "${aws:PrincipalTag/Team}", {}, True),
        # A value is no pattern, whatever it holds.
        ("StringLike", "${aws:PrincipalTag/Team}*", {"aws:principaltag/team": ("*",)}, False),
        ("StringLike", "${aws:PrincipalTag/Team}*", {"aws:principaltag/team": ("r",)}, True),
    ],
)
def test_variables_are_filled_from_the_request(
    operator: str, pattern: str, context: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    asked = {"aws:resourcetag/team": ("red",), **context}
    assert Condition.parse(operator, "aws:ResourceTag/team", (pattern,)).holds(asked) is expected
