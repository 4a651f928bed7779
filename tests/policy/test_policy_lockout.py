"""Guardrails that lock org-bootstrap out of the accounts that it manages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy.checks import check_grammar, check_limits, check_lockout
from bootstrap.policy.compile import compile_policies
from tests.policy.made_up import DENY, RCP, policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec

EVERYBODY = {**DENY, "Principal": "*", "Action": "sts:AssumeRole"}
FROM_OUTSIDE = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "${organization:example}"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


def lockouts(spec: Spec, policies: Sequence[Policy]) -> list[Problem]:
    return list(check_lockout(spec, policies))


def test_the_example_locks_nobody_out(spec: Spec) -> None:
    assert lockouts(spec, compile_policies(spec)) == []


@pytest.mark.parametrize(
    ("statement", "role"),
    [
        ({"Action": "cloudformation:*"}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:CreateRole"}, "OrganizationAccountAccessRole"),
        ({"Action": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:PassRole"}, "org-bootstrap-deploy"),
        ({"Action": "cloudformation:GetTemplate"}, "OrganizationAccountAccessRole"),
        ({"Action": "iam:UpdateAssumeRolePolicy"}, "OrganizationAccountAccessRole"),
        # A service without regions is called in us-east-1, wherever the home region is.
        (
            {
                "NotAction": ["cloudformation:*", "secretsmanager:*"],
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
            },
            "OrganizationAccountAccessRole",
        ),
    ],
)
def test_a_guardrail_that_denies_our_own_roles_is_found(spec: Spec, statement: Mapping[str, Any], role: str) -> None:
    # It is on the OU above: the accounts inherit it.
    wall = {key: value for key, value in DENY.items() if key != "Action" or "NotAction" not in statement}
    problems = lockouts(spec, [policy("wall", {**wall, **statement}, targets=("Workloads",))])
    (found,) = [problem for problem in problems if f"denies {role} " in problem.message]
    assert found.message.startswith("wall: S denies")
    assert found.message.endswith(" in OUs Workloads/Beta, Workloads/Developers, Workloads/Production")
    assert (found.file, found.line) == ("scps/wall.yaml", 3)
    assert role in found.hint


def test_a_problem_names_a_few_of_many_denied_actions(spec: Spec) -> None:
    wall = policy("wall", {**DENY, "Action": "iam:*"}, targets=("Workloads/Beta",))
    access, deploy = lockouts(spec, [wall])
    assert access.message == (
        "wall: S denies OrganizationAccountAccessRole iam:GetAccountAuthorizationDetails, iam:ListRoles, "
        "iam:AttachRolePolicy, iam:CreateRole, iam:DeleteRole and 14 more in OU Workloads/Beta"
    )
    assert deploy.message == "wall: S denies org-bootstrap-deploy iam:PassRole in OU Workloads/Beta"


def test_only_open_accounts_with_a_baseline_can_be_locked_out_of(spec: Spec) -> None:
    wall = {**DENY, "Action": "*"}
    assert lockouts(spec, [policy("wall", wall, targets=("Workloads/Beta",))]) != []
    assert lockouts(spec, [policy("wall", wall, targets=("Security",))]) == []
    closed = {
        key: replace(account, settings=account.settings.model_copy(update={"state": "closed"}))
        for key, account in spec.accounts.items()
    }
    assert lockouts(replace(spec, accounts=closed), [policy("wall", wall)]) == []


def test_a_policy_without_a_meaning_is_reported_by_the_other_checks(spec: Spec) -> None:
    unknown = policy("unknown", {**DENY, "Action": "*", "Condition": {"StringIs": {"aws:x": "y"}}})
    nobody = policy("nobody", {**DENY, "Action": "*", "Condition": {"ArnLike": {"aws:x": "${account:nobody}"}}})
    lost = policy("lost", {**DENY, "Action": "*", "Resource": "arn:aws:s3:::${account:nobody}"})
    policies = [unknown, nobody, lost]
    assert lockouts(spec, policies) == []
    others = [*check_grammar(spec, policies), *check_limits(spec, policies)]
    assert {problem.message.split(":")[0] for problem in others} == {"unknown", "nobody", "lost"}


# --- resource control policies


def test_a_resource_control_policy_that_denies_everybody_to_assume_roles_is_a_lockout(spec: Spec) -> None:
    wall = policy("wall", EVERYBODY, targets=("Workloads/Beta",), policy_type=RCP)
    assert [problem.message for problem in lockouts(spec, [wall])] == [
        "wall: S denies the management account sts:AssumeRole in OU Workloads/Beta",
        "wall: S denies role ci of account tooling sts:AssumeRole in OU Workloads/Beta",
        "wall: S denies CloudFormation sts:AssumeRole in OU Workloads/Beta",
    ]


def test_a_resource_control_policy_that_spares_the_organization_and_aws_services_is_none(spec: Spec) -> None:
    statement = {**EVERYBODY, "Action": ["sts:*", "secretsmanager:*", "budgets:*"], "Condition": FROM_OUTSIDE}
    assert lockouts(spec, [policy("perimeter", statement, policy_type=RCP)]) == []
    for spared, locked_out in [("StringNotEqualsIfExists", "CloudFormation"), ("BoolIfExists", "Access")]:
        only = {**statement, "Condition": {spared: FROM_OUTSIDE[spared]}}
        assert any(locked_out in one.message for one in lockouts(spec, [policy("perimeter", only, policy_type=RCP)]))


def test_a_resource_control_policy_must_leave_cloudformation_the_secrets(spec: Spec) -> None:
    wall = policy("wall", {**EVERYBODY, "Action": "secretsmanager:*"}, targets=("Workloads/Beta",), policy_type=RCP)
    (problem,) = lockouts(spec, [wall])
    assert "denies OrganizationAccountAccessRole secretsmanager:ListSecrets" in problem.message
    assert "aws:PrincipalOrgID" in problem.hint


def test_a_resource_control_policy_does_not_bind_iam(spec: Spec) -> None:
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html lists what it binds.
    assert lockouts(spec, [policy("wall", {**EVERYBODY, "Action": "iam:*"}, policy_type=RCP)]) == []
