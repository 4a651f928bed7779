"""Decisions on requests by the policies at every level of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.policy.evaluate import ALLOW_ALL, Decision, ParsedStatement, RequestContext, parse_statements
from bootstrap.policy.evaluate import decide as decide_statements
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

Document = tuple[ParsedStatement, ...]
FULL_ACCESS = ALLOW_ALL
DENY_S3 = parse_statements([{"Sid": "NoS3", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}])
ALLOW_EC2 = parse_statements([{"Sid": "Ec2", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}])
GET = RequestContext("s3:GetObject", "arn:aws:s3:::b/file")
RUN = RequestContext("ec2:RunInstances")

ACTIONS = st.sampled_from(["s3:GetObject", "s3:*", "S3:get*", "ec2:RunInstances", "ec2:*", "*", "iam:PassRole"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::*"])
CONDITIONS: list[dict[str, Any]] = [
    {},
    {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
    {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
    {"Null": {"aws:AssumedRoot": "true"}},
]


@st.composite
def statements(draw: st.DrawFn, effect: str = "") -> dict[str, Any]:
    return {
        "Sid": "S",
        "Effect": effect or draw(st.sampled_from(["Allow", "Deny"])),
        draw(st.sampled_from(["Action", "NotAction"])): draw(st.lists(ACTIONS, min_size=1, max_size=3)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(st.lists(RESOURCES, min_size=1, max_size=2)),
        "Condition": draw(st.sampled_from(CONDITIONS)),
    }


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return parse_statements(draw(st.lists(statements(), min_size=1, max_size=3)))


NOBODY_ALLOWS = Decision(allowed=False)


def allowed_by(statement: str) -> Decision:
    return Decision(allowed=True, statement=statement)


def denied_by(statement: str) -> Decision:
    return Decision(allowed=False, statement=statement)


def decide(levels: Sequence[Sequence[Document]], asked: RequestContext) -> Decision:
    """The decision of several policies at each level."""
    return decide_statements([[one for policy in level for one in policy] for level in levels], asked)


LEVELS = st.lists(st.lists(st.one_of(st.just(FULL_ACCESS), documents()), max_size=3), min_size=1, max_size=4)
REQUESTS = st.builds(
    RequestContext,
    action=st.sampled_from(["s3:GetObject", "s3:PutObject", "ec2:RunInstances", "iam:PassRole"]),
    resource=st.sampled_from(["*", "arn:aws:s3:::b", "arn:aws:s3:::b/file", "arn:aws:s3:::c"]),
    keys=st.fixed_dictionaries(
        {},
        optional={
            "aws:requestedregion": st.sampled_from([("eu-west-1",), ("ap-south-1",)]),
            "aws:principalarn": st.sampled_from([("arn:aws:iam::1:role/admin",), ("arn:aws:iam::1:role/dev",)]),
            "aws:assumedroot": st.just(("true",)),
        },
    ),
)


@pytest.mark.parametrize(
    ("levels", "asked", "expected"),
    [
        ([[FULL_ACCESS]], GET, allowed_by("")),
        ([[FULL_ACCESS], [FULL_ACCESS, DENY_S3]], GET, denied_by("NoS3")),
        ([[FULL_ACCESS, DENY_S3], [FULL_ACCESS]], RUN, allowed_by("")),
        # Every level has to allow it: the middle one is silent about S3.
        ([[FULL_ACCESS], [ALLOW_EC2], [FULL_ACCESS]], GET, NOBODY_ALLOWS),
        ([[FULL_ACCESS], [ALLOW_EC2]], RUN, allowed_by("Ec2")),
        ([[FULL_ACCESS], []], RUN, NOBODY_ALLOWS),
        ([], RUN, NOBODY_ALLOWS),
    ],
)
def test_a_request_needs_an_allow_at_every_level_and_no_deny(
    levels: Sequence[Sequence[Document]], asked: RequestContext, expected: Decision
) -> None:
    assert decide(levels, asked) == expected


@pytest.mark.parametrize(
    ("statement", "asked", "expected"),
    [
        ({"NotAction": ["s3:*", "iam:*"], "Resource": "*"}, GET, False),
        ({"NotAction": ["s3:*", "iam:*"], "Resource": "*"}, RUN, True),
        ({"Action": "*", "NotResource": "arn:aws:s3:::b/*"}, GET, False),
        ({"Action": "*", "NotResource": "arn:aws:s3:::c/*"}, GET, True),
        ({"Action": "*", "NotResource": "arn:aws:s3:::c/*"}, RUN, True),
        ({"Action": "s3:get?bject", "Resource": "arn:aws:s3:::b/*"}, GET, True),
        ({"Action": "s3:Get", "Resource": "*"}, GET, False),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"}, GET, False),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/bucket, 'b'}/*"}, GET, True),
        # Every operator and every key has to hold.
        (
            {
                "Action": "*",
                "Resource": "*",
                "Condition": {
                    "StringNotEquals": {"aws:RequestedRegion": "x"},
                    "Bool": {"aws:SecureTransport": True},
                },
            },
            RUN,
            False,
        ),
    ],
)
def test_which_requests_a_statement_applies_to(
    statement: dict[str, Any], asked: RequestContext, *, expected: bool
) -> None:
    denying = parse_statements([{"Effect": "Deny", **statement}])
    assert decide([[FULL_ACCESS, denying]], asked).allowed is not expected


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Nonsense", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Resource": "*"},
        {"Effect": "Deny", "Action": [], "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringIs": {"aws:x": "y"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": "y"}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": "y"},
        {"Effect": "Deny", "Action": {"s3": "*"}, "Resource": "*"},
    ],
)
def test_a_statement_without_a_meaning_is_rejected_when_it_is_parsed(statement: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        parse_statements([statement])


@given(LEVELS, REQUESTS, statements(effect="Deny"), st.integers(0, 3))
def test_one_more_deny_never_allows_more(
    levels: list[list[Document]], asked: RequestContext, statement: dict[str, Any], where: int
) -> None:
    more = [list(level) for level in levels]
    more[where % len(more)].append(parse_statements([statement]))
    assert decide(levels, asked).allowed or not decide(more, asked).allowed


@given(LEVELS, REQUESTS)
def test_a_deny_of_everything_always_wins(levels: list[list[Document]], asked: RequestContext) -> None:
    wall = parse_statements([{"Sid": "Wall", "Effect": "Deny", "Action": "*", "Resource": "*"}])
    assert decide([[wall], *levels], asked) == denied_by("Wall")
    assert not decide([*levels, [wall]], asked).allowed


@given(LEVELS, REQUESTS)
def test_one_more_level_of_full_access_changes_nothing(levels: list[list[Document]], asked: RequestContext) -> None:
    assert decide([[FULL_ACCESS], *levels], asked).allowed == decide(levels, asked).allowed
