"""The two roles: the calls that their trust policies and their inline policies allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy.evaluate import RequestContext, decide, parse_statements

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_ID, CI_ID, ORGANIZATION_ID = "111122223333", "444455556666", "o-exampleorgid"
CI_ROLE = f"arn:aws:iam::{CI_ID}:role/ci"
EXECUTION_ROLE = f"arn:aws:iam::{OWN_ID}:role/org-bootstrap-execution"
STACKS = f"arn:aws:cloudformation:eu-west-1:{OWN_ID}:stack"
SOME_STACK = f"{STACKS}/orders-api/1"


def trusts(trust: Any, action: str, context: Mapping[str, str]) -> bool:
    """Whether the conditions of a trust policy are true. A trust policy names no resource."""
    statements = [
        {key: value for key, value in statement.items() if key != "Principal"} | {"Resource": "*"}
        for statement in trust["Statement"]
    ]
    return allowed(statements, RequestContext(action, "*", {key: (value,) for key, value in context.items()}))


def allowed(statements: list[Any], call: RequestContext) -> bool:
    return decide([parse_statements(statements)], call).allowed


def may(role: Any, action: str, resource: str = SOME_STACK, **context: str) -> bool:
    """Whether the role's inline policies allow a call; in a key, `__` stands for the colon."""
    statements = [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    keys = {key.replace("__", ":"): (value,) for key, value in context.items()}
    return allowed(statements, RequestContext(action, resource, keys))


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession"])
@pytest.mark.parametrize(
    ("principal", "organization", "let_in"),
    [
        (CI_ROLE, ORGANIZATION_ID, True),
        (f"arn:aws:iam::{CI_ID}:role/someone", ORGANIZATION_ID, False),
        (f"arn:aws:iam::{CI_ID}:role/ci-2", ORGANIZATION_ID, False),
        (f"arn:aws:iam::{CI_ID}:root", ORGANIZATION_ID, False),
        (f"arn:aws:iam::{OWN_ID}:role/ci", ORGANIZATION_ID, False),
        (CI_ROLE, "o-anotherone1", False),
    ],
)
def test_only_cis_role_within_the_organization_starts_a_deployment(
    beta: dict[str, Any], action: str, principal: str, organization: str, *, let_in: bool
) -> None:
    context = {"aws:principalarn": principal, "aws:principalorgid": organization}
    assert trusts(beta["DeployRole"]["AssumeRolePolicyDocument"], action, context) == let_in


def test_a_caller_without_an_organization_is_rejected(beta: dict[str, Any]) -> None:
    trust = beta["DeployRole"]["AssumeRolePolicyDocument"]
    assert not trusts(trust, "sts:AssumeRole", {"aws:principalarn": CI_ROLE})


def test_the_deploy_role_trusts_cis_account_rather_than_a_role_that_may_not_exist(
    beta: dict[str, Any],
) -> None:
    (statement,) = beta["DeployRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{CI_ID}:root"}


def test_only_cloudformation_can_assume_the_execution_role(beta: dict[str, Any]) -> None:
    (statement,) = beta["ExecutionRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}


@pytest.mark.parametrize(
    ("context", "let_in"),
    [({"aws:sourceaccount": OWN_ID}, True), ({}, True), ({"aws:sourceaccount": CI_ID}, False)],
)
def test_cloudformation_does_not_take_the_execution_role_for_another_account(
    beta: dict[str, Any], context: dict[str, str], *, let_in: bool
) -> None:
    trust = beta["ExecutionRole"]["AssumeRolePolicyDocument"]
    assert trusts(trust, "sts:AssumeRole", context) == let_in


def test_the_execution_role_is_an_administrator_within_the_boundary(beta: dict[str, Any]) -> None:
    role = beta["ExecutionRole"]
    assert role["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert role["PermissionsBoundary"] == f"arn:aws:iam::{OWN_ID}:policy/org-bootstrap-boundary"


@pytest.mark.parametrize("call", ["CreateStack", "UpdateStack", "CreateChangeSet", "RollbackStack"])
def test_a_deployment_runs_under_the_execution_role_or_not_at_all(beta: dict[str, Any], call: str) -> None:
    role, action = beta["DeployRole"], f"cloudformation:{call}"
    assert may(role, action, cloudformation__rolearn=EXECUTION_ROLE)
    assert not may(role, action)
    assert not may(role, action, cloudformation__rolearn=f"arn:aws:iam::{OWN_ID}:role/Admin")


@pytest.mark.parametrize(
    "call", ["DescribeStacks", "DescribeStackEvents", "DescribeChangeSet", "ExecuteChangeSet", "DeleteStack"]
)
def test_a_pipeline_can_follow_and_finish_a_deployment(beta: dict[str, Any], call: str) -> None:
    assert may(beta["DeployRole"], f"cloudformation:{call}")


def test_a_template_may_use_sams_transform_but_nobody_elses_macro(beta: dict[str, Any]) -> None:
    macro = "arn:aws:cloudformation:eu-west-1:{}:transform/Serverless-2016-10-31"
    assert may(beta["DeployRole"], "cloudformation:CreateChangeSet", macro.format("aws"))
    assert not may(beta["DeployRole"], "cloudformation:CreateChangeSet", macro.format(OWN_ID))


@pytest.mark.parametrize(
    "stack",
    [
        f"{STACKS}/org-bootstrap-baseline/1",
        f"{STACKS}/StackSet-org-bootstrap-baseline-5c9f/1",
        f"{STACKS}/StackSet-org-bootstrap-baseline-beta-5c9f/1",
    ],
)
@pytest.mark.parametrize("call", ["CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "GetTemplate"])
def test_ci_cannot_change_the_baseline(beta: dict[str, Any], stack: str, call: str) -> None:
    assert not may(beta["DeployRole"], f"cloudformation:{call}", stack, cloudformation__rolearn=EXECUTION_ROLE)


@pytest.mark.parametrize(
    ("role", "service", "can"),
    [
        (EXECUTION_ROLE, "cloudformation.amazonaws.com", True),
        (EXECUTION_ROLE, "lambda.amazonaws.com", False),
        (f"arn:aws:iam::{OWN_ID}:role/Admin", "cloudformation.amazonaws.com", False),
    ],
)
def test_only_the_execution_role_is_passed_and_only_to_cloudformation(
    beta: dict[str, Any], role: str, service: str, *, can: bool
) -> None:
    assert may(beta["DeployRole"], "iam:PassRole", role, iam__passedtoservice=service) == can


@pytest.mark.parametrize(("owner", "can"), [(CI_ID, True), (OWN_ID, False)])
def test_artifacts_come_from_cis_account_and_not_from_this_ones_data(
    beta: dict[str, Any], owner: str, *, can: bool
) -> None:
    thing = "arn:aws:s3:::artifacts/orders/template.yaml"
    assert may(beta["DeployRole"], "s3:GetObject", thing, aws__resourceaccount=owner) == can


@pytest.mark.parametrize(
    "action", ["secretsmanager:GetSecretValue", "iam:CreateRole", "lambda:UpdateFunctionCode", "s3:PutObject"]
)
def test_ci_has_no_permissions_on_resources(beta: dict[str, Any], action: str) -> None:
    assert not may(beta["DeployRole"], action, "*", aws__resourceaccount=OWN_ID)
