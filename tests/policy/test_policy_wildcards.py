"""IAM's wildcards, compared with a reference implementation without regular expressions."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.policy import wildcard

PATTERNS = st.text(alphabet="ab:*?/", max_size=10)
TEXTS = st.text(alphabet="ab:/", max_size=10)
ANY_TEXT = st.text(max_size=20)


def reference(pattern: str, text: str) -> bool:
    """By definition: a star matches nothing, or one character and then a star."""

    @cache
    def match(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return match(p + 1, t) or (t < len(text) and match(p, t + 1))
        return t < len(text) and pattern[p] in {"?", text[t]} and match(p + 1, t + 1)

    return match(0, 0)


def resource_reference(pattern: str, text: str) -> bool:
    """The same, except that only a star at the end of its part matches a colon."""

    @cache
    def match(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        here = t < len(text)
        if pattern[p] == "*":
            ends_part = pattern[p + 1 : p + 2] in {"", ":"}
            return match(p + 1, t) or (here and (ends_part or text[t] != ":") and match(p, t + 1))
        if pattern[p] == "?":
            return here and text[t] != ":" and match(p + 1, t + 1)
        return here and pattern[p] == text[t] and match(p + 1, t + 1)

    return match(0, 0)


@given(PATTERNS, TEXTS)
def test_matching_agrees_with_the_definition(pattern: str, text: str) -> None:
    assert wildcard.matches(pattern, text) == reference(pattern, text)


@given(PATTERNS, TEXTS)
def test_resource_matching_agrees_with_the_definition(pattern: str, text: str) -> None:
    assert wildcard.matches_resource(pattern, text) == resource_reference(pattern, text)


@given(ANY_TEXT)
def test_an_escaped_text_matches_itself_and_nothing_else(text: str) -> None:
    assert wildcard.matches(wildcard.escape(text), text)
    assert not wildcard.matches(wildcard.escape(text), text + "x")
    assert wildcard.unescape(wildcard.escape(text)) == text


@given(ANY_TEXT, ANY_TEXT)
def test_an_escaped_star_is_only_a_star(before: str, after: str) -> None:
    pattern = wildcard.escape(before + "*" + after)
    assert wildcard.matches(pattern, before + "*" + after)
    assert not wildcard.matches(pattern, before + "**" + after)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:iam::*:role/admin", "arn:aws:iam::111122223333:role/admin", True),
        ("arn:aws:iam::*:role/admin", "arn:aws:iam::111122223333:role/team/admin", False),
        ("arn:aws:iam::*:role/*/admin", "arn:aws:iam::111122223333:role/team/sub/admin", True),
        ("arn:aws:iam::*:role/admin*", "arn:aws:iam::111122223333:role/administrator", True),
        ("arn:aws:*:role/admin", "arn:aws:iam::111122223333:role/admin", False),
        ("arn:aws:iam:*:role/admin", "arn:aws:iam::111122223333:role/admin", False),
        ("arn:aws:logs:*:*:*", "arn:aws:logs:eu-west-1:111122223333:log-group:a:b", True),
        ("arn:aws:iam::*:role/Admin", "arn:aws:iam::111122223333:role/admin", False),
        ("*", "arn:aws:iam::111122223333:role/admin", False),
    ],
)
def test_an_arn_is_matched_part_by_part(pattern: str, arn: str, *, expected: bool) -> None:
    assert wildcard.matches_arn(pattern, arn) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", "*", True),
        ("*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b", "*", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/folder/file", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::bb/file", False),
        # A star that ends its part goes beyond the colon, one in the middle does not.
        ("arn:aws:logs:*", "arn:aws:logs:eu-west-1:111122223333:log-group:a", True),
        ("arn:aws:logs:*:log-group:a", "arn:aws:logs:eu-west-1:111122223333:log-group:a", True),
        ("arn:aws:logs:eu*1:log-group:a", "arn:aws:logs:eu-west-1:111122223331:log-group:a", False),
        ("arn:aws:iam::*:role/${*}", "arn:aws:iam::1:role/*", True),
        ("arn:aws:iam::*:role/${*}", "arn:aws:iam::1:role/x", False),
    ],
)
def test_a_resource_is_matched_within_its_parts(pattern: str, resource: str, *, expected: bool) -> None:
    assert wildcard.matches_resource(pattern, resource) is expected


def test_the_case_of_an_action_is_ignored() -> None:
    assert wildcard.matches_any_action(["ec2:*", "S3:get*"], "s3:GetObject")
    assert not wildcard.matches_any_action(["s3:get?"], "s3:GetObject")
    assert not wildcard.matches_any_action([], "s3:GetObject")


def test_many_stars_do_not_take_forever() -> None:
    assert not wildcard.matches("*" * 200 + "b", "a" * 5000)
