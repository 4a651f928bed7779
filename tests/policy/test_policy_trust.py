"""Whether one trust policy admits principals that another does not."""

from __future__ import annotations

from typing import Any

import pytest

from bootstrap.policy.trust import admits_more

CI = "arn:aws:iam::111122223333:role/ci"
ALLOW = {"Effect": "Allow", "Principal": {"AWS": CI}, "Action": "sts:AssumeRole"}
IN_ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ([ALLOW], [ALLOW], False),
        ([ALLOW], [], False),
        ([ALLOW], [{**ALLOW, "Condition": IN_ORG}], False),
        ([ALLOW], [{**ALLOW, "Condition": {"Fn::If": ["A", IN_ORG, IN_ORG]}}], False),
        ([{**ALLOW, "Condition": IN_ORG}], [ALLOW], True),
        ([{**ALLOW, "Condition": IN_ORG}], [{**ALLOW, "Condition": {"StringLike": IN_ORG["StringEquals"]}}], True),
        ([ALLOW], [{**ALLOW, "Principal": "*"}], True),
        ([ALLOW], [ALLOW, {**ALLOW, "Principal": {"Service": "cloudformation.amazonaws.com"}}], True),
        ([], [ALLOW], True),
        (ALLOW, [ALLOW], False),
        ([{**ALLOW, "Action": ["b", "a"]}], [{**ALLOW, "Action": ["a", "b"], "Principal": {"AWS": [CI]}}], False),
        ([{**ALLOW, "Action": ["b", "a"]}], [{**ALLOW, "Action": ["a", "b", "c"]}], True),
        ([{**ALLOW, "Principal": "*"}], [ALLOW], False),
        ([{**ALLOW, "Principal": "*", "Condition": IN_ORG}], [ALLOW], True),
        ([{**ALLOW, "Principal": "*"}], [{**ALLOW, "Action": "sts:*"}], True),
        (ALLOW, [{**ALLOW, "Principal": "*"}], True),
        ({"Fn::If": ["A", ALLOW, ALLOW]}, [ALLOW], True),
        ("", [ALLOW], True),
        ([{**ALLOW, "Condition": None}], [ALLOW], True),
        ([{**ALLOW, "Condition": IN_ORG}], [{**ALLOW, "Condition": {"StringEquals": "o-1"}}], True),
        ([{**ALLOW, "Principal": {"Fn::Sub": ["a", "b"]}}], [{**ALLOW, "Principal": {"Fn::Sub": ["b", "a"]}}], True),
        ([{**ALLOW, "Condition": {"Fn::If": ["A", IN_ORG, IN_ORG]}}], [{**ALLOW, "Condition": IN_ORG}], True),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], [ALLOW], True),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], [{**ALLOW, "Effect": "Deny"}, ALLOW], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], [ALLOW, {**ALLOW, "Effect": "Deny", "Condition": IN_ORG}], True),
    ],
)
def test_a_trust_policy_admits_more_unless_it_is_known_not_to(before: Any, after: Any, *, more: bool) -> None:
    assert admits_more({"Statement": after}, {"Statement": before}) is more
