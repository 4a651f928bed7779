"""What AWS would refuse: sizes, attachments, counts, grammar; guardrails that lock the organization out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import facts
from bootstrap.policy.check import check
from bootstrap.policy.compile import Policy, compile_policies
from bootstrap.policy.examine import examine
from bootstrap.policy.grammar import faults
from bootstrap.policy.language import document
from bootstrap.policy.lockout import locked_out
from bootstrap.spec.models import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.spec.spec import Spec

DENY = {"Sid": "S", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def policy(name: str = "p", *statements: Mapping[str, Any], targets: tuple[str, ...] = ("Root",)) -> Policy:
    origin = f"scps/{name}.yaml:3"
    return Policy(name, "SERVICE_CONTROL_POLICY", "A test.", name, origin, statements or (DENY,), targets)


def of_size(characters: int) -> Policy:
    bare = len(document([{**DENY, "Resource": "arn:aws:s3:::"}]))
    return policy("big", {**DENY, "Resource": "arn:aws:s3:::" + "x" * (characters - bare)})


def test_a_policy_at_the_limit_passes_and_one_more_character_does_not(spec: Spec) -> None:
    assert check(spec, [of_size(10_240)]) == []
    (problem,) = check(spec, [of_size(10_241)])
    assert problem.message == "big has 10,241 of 10,240 characters"
    assert (problem.file, problem.line) == ("scps/big.yaml", 3)


def test_a_reference_counts_as_the_id_that_is_sent(spec: Spec) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "${organization:example}"}}
    longer = len("${organization:example}") - len("o-standin000")
    full = of_size(10_240 - len(',"Condition":') - len(document([condition])) + len(document([])) + longer)
    assert check(spec, [policy("big", {**full.statements[0], "Condition": condition})]) == []


def test_a_reference_to_nothing_is_a_problem(spec: Spec) -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "${account:nobody}"}}
    (problem,) = check(spec, [policy("p", {**DENY, "Condition": condition})])
    assert "${account:nobody} refers to nothing" in problem.message


def test_the_policy_of_aws_counts_among_those_attached(spec: Spec) -> None:
    nine = [policy(f"p{n}", targets=("Root", "Workloads/Beta")) for n in range(9)]
    assert check(spec, nine) == []
    root, beta = check(spec, [*nine, policy("p9", targets=("Root", "Workloads/Beta"))])
    assert beta.message == "11 of 10 service control policies on Workloads/Beta (FullAWSAccess counts)"
    assert beta.hint == "move 1 guardrail to the OU above"
    assert root.hint == "move 1 guardrail to the OUs below"
    assert f"{beta.file}:{beta.line}" == spec.origin("ou", "Workloads/Beta")


def test_the_number_of_policies_has_a_limit(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(facts.POLICY_TYPES["SERVICE_CONTROL_POLICY"], per_organization=2)
    monkeypatch.setitem(facts.POLICY_TYPES, "SERVICE_CONTROL_POLICY", few)
    assert check(spec, [policy("a"), policy("b")]) == []
    (problem,) = check(spec, [policy("a"), policy("b"), policy("c")])
    assert problem.message == "3 of 2 service control policies in the organization"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"Effect": "Nonsense"}, "Effect is Allow or Deny"),
        ({"Principal": "*"}, "Principal is no element"),
        ({"Sid": "no-dash"}, "no Sid"),
        ({"NotAction": "ec2:*"}, "exactly one of Action and NotAction"),
        ({"Action": []}, "exactly one of Action and NotAction"),
        ({"NotResource": "*"}, "exactly one of Resource and NotResource"),
        ({"Action": "GetObject"}, "'GetObject' is no action"),
        ({"Action": "*:Purchase*"}, "is no action"),
        ({"Action": "s3: GetObject"}, "is no action"),
        ({"Resource": "bucket"}, "'bucket' is no resource"),
        ({"Resource": "arn:aws:s3"}, "is no resource"),
        ({"Condition": {"StringIs": {"aws:x": "y"}}}, "'StringIs' is no condition operator"),
        ({"Condition": {"StringEquals": {"aws:x": []}}}, "aws:x is compared with nothing"),
        ({"Condition": {"NumericEquals": {"aws:x": "three"}}}, "'three' is not a number"),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}}, "is not an ARN"),
    ],
)
def test_a_fault_of_grammar_is_named_with_its_statement(spec: Spec, change: Mapping[str, Any], fault: str) -> None:
    messages = [problem.message for problem in check(spec, [policy("p", {**DENY, **change})])]
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
def test_what_aws_takes_is_no_fault(change: Mapping[str, Any]) -> None:
    assert list(faults([{**DENY, **change}])) == []


def test_sids_are_unique_and_there_is_a_statement() -> None:
    assert list(faults([DENY, DENY])) == ["S: 2 statements have this Sid, and it must be unique"]
    assert list(faults([])) == ["there is no statement"]


# --- locked out


def test_the_example_locks_nobody_out(spec: Spec) -> None:
    assert locked_out(spec, compile_policies(spec)) == []


@pytest.mark.parametrize(
    ("statement", "role"),
    [
        ({"Action": "cloudformation:*"}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:CreateRole"}, "OrganizationAccountAccessRole"),
        ({"Action": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:PassRole"}, "org-bootstrap-deploy"),
        ({"Action": "cloudformation:GetTemplate"}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:UpdateAssumeRolePolicy"}, "OrganizationAccountAccessRole"),
        # What has no region is called in us-east-1, wherever the home region is.
        (
            {
                "NotAction": ["cloudformation:*", "secretsmanager:*"],
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
            },
            "OrganizationAccountAccessRole",
        ),
    ],
)
def test_a_guardrail_that_stops_our_own_roles_is_found(spec: Spec, statement: Mapping[str, Any], role: str) -> None:
    # Above the accounts, not on their ou: what is inherited locks out as well.
    wall = {key: value for key, value in DENY.items() if key != "Action" or "NotAction" not in statement}
    problems = locked_out(spec, [policy("wall", {**wall, **statement}, targets=("Workloads",))])
    (found,) = [problem for problem in problems if f"keeps {role} from" in problem.message]
    assert found.message.startswith("wall: S keeps")
    assert "in Workloads/Beta" in found.message
    assert (found.file, found.line) == ("scps/wall.yaml", 3)
    assert role in found.hint


def test_only_open_accounts_with_a_baseline_can_be_locked_out_of(spec: Spec) -> None:
    wall = {**DENY, "Action": "*"}
    assert locked_out(spec, [policy("wall", wall, targets=("Workloads/Beta",))]) != []
    assert locked_out(spec, [policy("wall", wall, targets=("Security",))]) == []
    closed = {key: replace(account, state="closed") for key, account in spec.accounts.items()}
    assert locked_out(replace(spec, accounts=closed), [policy("wall", wall)]) == []


def test_what_means_nothing_is_left_to_the_check(spec: Spec) -> None:
    unknown = policy("unknown", {**DENY, "Action": "*", "Condition": {"StringIs": {"aws:x": "y"}}})
    nobody = policy("nobody", {**DENY, "Action": "*", "Condition": {"ArnLike": {"aws:x": "${account:nobody}"}}})
    lost = policy("lost", {**DENY, "Action": "*", "Resource": "arn:aws:s3:::${account:nobody}"})
    assert locked_out(spec, [unknown, nobody, lost]) == []
    assert {problem.message.split(":")[0] for problem in check(spec, [unknown, nobody, lost])} == {
        "unknown",
        "nobody",
        "lost",
    }


# --- the guardrails' own tests


def test_a_guardrail_that_fails_its_own_test_is_a_problem_at_its_place(spec: Spec) -> None:
    rule = spec.guardrails["org.deny-leave"]
    turned = rule.model_copy(update={"tests": [rule.tests[0].model_copy(update={"expect": "allow"})]})
    (problem,) = examine(replace(spec, guardrails={**spec.guardrails, rule.id: turned}))
    assert problem.message == (
        "org.deny-leave: test `leaving the organization`: expected allow, got deny by DenyLeaving"
    )
    assert problem.file == "scps/org-deny-leave.yaml"


def test_a_guardrail_whose_test_means_nothing_is_a_problem_too(spec: Spec) -> None:
    rule = spec.guardrails["org.deny-leave"]
    strange = Statement.model_validate({**DENY, "Condition": {"StringIs": {"aws:x": "y"}}})
    (problem, *_) = examine(replace(spec, guardrails={rule.id: rule.model_copy(update={"statements": [strange]})}))
    assert "'StringIs' is no condition operator" in problem.message
