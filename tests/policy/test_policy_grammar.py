"""The grammar of a service control policy, with each fault at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy import types
from bootstrap.policy.checks import check_grammar
from bootstrap.policy.types import by_sid
from tests.policy.made_up import DENY, SCP, policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.spec.spec import Spec


def faults(*statements: Mapping[str, Any]) -> list[str]:
    return [fault.message for fault in types.of(SCP).faults(by_sid(statements))]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"Effect": "Nonsense"}, "Effect must be Allow or Deny"),
        ({"Principal": "*"}, "Principal is not an element of a service control policy"),
        ({"NotAction": "ec2:*"}, "exactly one of Action and NotAction"),
        ({"Action": []}, "exactly one of Action and NotAction"),
        ({"NotResource": "*"}, "exactly one of Resource and NotResource"),
        ({"Action": "GetObject"}, "'GetObject' is not an action"),
        ({"Action": "*:Purchase*"}, "is not an action"),
        ({"Action": "s3: GetObject"}, "is not an action"),
        ({"Resource": "bucket"}, "'bucket' is not a resource"),
        ({"Resource": "arn:aws:s3"}, "is not a resource"),
        ({"Condition": {"StringIs": {"aws:x": "y"}}}, "'StringIs' is not a condition operator"),
        ({"Condition": {"StringEquals": {"aws:x": []}}}, "aws:x is compared with an empty list"),
        ({"Condition": {"NumericEquals": {"aws:x": "three"}}}, "'three' is not a number"),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}}, "is not an ARN"),
    ],
)
def test_a_fault_is_reported_with_its_policy_and_statement(spec: Spec, change: Mapping[str, Any], fault: str) -> None:
    messages = [problem.message for problem in check_grammar(spec, [policy("p", {**DENY, **change})])]
    assert any(fault in message and message.startswith("p: ") for message in messages)


@pytest.mark.parametrize(
    "change",
    [
        {"Action": ["*", "s3:Get?bject", "execute-api:*"]},
        {"Resource": ["*", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:logs:*:*:log-group:a:*"]},
        {
            "Condition": {
                "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"},
                "Null": {"aws:x": "true"},
            }
        },
        {"Condition": {"NumericLessThan": {"aws:x": "${aws:PrincipalTag/limit}"}}},
    ],
)
def test_a_statement_that_aws_accepts_has_no_fault(change: Mapping[str, Any]) -> None:
    assert faults({**DENY, **change}) == []


def test_a_fault_is_at_the_line_of_its_element_of_its_statement_or_of_its_guardrail(spec: Spec) -> None:
    (statement, element) = (
        spec.origin("guardrail", "root.deny/statements/0"),
        spec.origin("guardrail", "root.deny/statements/0/Action"),
    )
    assert statement < element
    for change, origin in [
        ({"Action": "x"}, element),
        ({"Effect": "x"}, spec.origin("guardrail", "root.deny/statements/0")),
    ]:
        (problem,) = check_grammar(spec, [policy("root.deny", {**DENY, **change})])
        assert f"{problem.file}:{problem.line}" == origin
