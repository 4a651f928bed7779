"""The permissions boundary: the calls that it allows an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy.evaluate import RequestContext, decide, parse_statements

if TYPE_CHECKING:
    from collections.abc import Callable

OWN_ID = "111122223333"
BOUNDARY = f"arn:aws:iam::{OWN_ID}:policy/org-bootstrap-boundary"
OTHER_POLICY = f"arn:aws:iam::{OWN_ID}:policy/orders"
ROLES = f"arn:aws:iam::{OWN_ID}:role"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{OWN_ID}:secret:orders/database-AbCdEf"
STACKS = f"arn:aws:cloudformation:eu-west-1:{OWN_ID}:stack"
OURS = {"aws:resourcetag/org-bootstrap:key": "orders/database"}


@pytest.fixture(scope="module")
def may(beta: dict[str, Any]) -> Callable[..., bool]:
    boundary = parse_statements(beta["PermissionsBoundary"]["PolicyDocument"]["Statement"])
    administrator = parse_statements([{"Effect": "Allow", "Action": "*", "Resource": "*"}])

    def decided(action: str, resource: str = "*", context: dict[str, str] | None = None) -> bool:
        """An identity may do what its own policies and its boundary both allow."""
        keys = {key: (value,) for key, value in (context or {}).items()}
        return decide([administrator, boundary], RequestContext(action, resource, keys)).allowed

    return decided


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:AttachRolePolicy",
        "iam:PutUserPolicy",
        "iam:UpdateAssumeRolePolicy",
    ],
)
def test_roles_and_users_cannot_be_created_or_changed_without_the_boundary(
    may: Callable[..., bool], action: str
) -> None:
    thing = f"{ROLES}/orders"
    assert may(action, thing, {"iam:permissionsboundary": BOUNDARY})
    assert not may(action, thing)
    assert not may(action, thing, {"iam:permissionsboundary": OTHER_POLICY})


@pytest.mark.parametrize("kind", ["Role", "User"])
def test_the_boundary_cannot_be_removed_or_replaced(may: Callable[..., bool], kind: str) -> None:
    thing = f"{ROLES}/orders"
    assert not may(f"iam:Delete{kind}PermissionsBoundary", thing, {"iam:permissionsboundary": BOUNDARY})
    assert not may(f"iam:Put{kind}PermissionsBoundary", thing, {"iam:permissionsboundary": OTHER_POLICY})
    assert may(f"iam:Put{kind}PermissionsBoundary", thing, {"iam:permissionsboundary": BOUNDARY})


@pytest.mark.parametrize("action", ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"])
def test_the_boundary_itself_cannot_be_changed_and_other_policies_can(may: Callable[..., bool], action: str) -> None:
    assert not may(f"iam:{action}", BOUNDARY)
    assert may(f"iam:{action}", OTHER_POLICY)


@pytest.mark.parametrize(
    "role",
    [
        "org-bootstrap-deploy",
        "org-bootstrap-execution",
        "OrganizationAccountAccessRole",
        "stacksets-exec-5c9f",
    ],
)
@pytest.mark.parametrize("action", ["CreateRole", "DeleteRole", "PutRolePolicy", "UpdateAssumeRolePolicy"])
def test_the_roles_of_the_organization_cannot_be_changed(may: Callable[..., bool], role: str, action: str) -> None:
    within = {"iam:permissionsboundary": BOUNDARY}
    assert not may(f"iam:{action}", f"{ROLES}/{role}", within)
    assert may(f"iam:{action}", f"{ROLES}/orders", within)


@pytest.mark.parametrize("stack", ["org-bootstrap-baseline", "StackSet-org-bootstrap-baseline-5c9f"])
def test_the_baseline_cannot_be_changed_from_within_a_deployment(may: Callable[..., bool], stack: str) -> None:
    assert not may("cloudformation:UpdateStack", f"{STACKS}/{stack}/1")
    assert may("cloudformation:UpdateStack", f"{STACKS}/orders-api/1")


@pytest.mark.parametrize("action", ["organizations:LeaveOrganization", "account:CloseAccount"])
def test_the_account_stays_in_the_organization(may: Callable[..., bool], action: str) -> None:
    assert not may(action)


@pytest.mark.parametrize(
    "action", ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:AddUserToGroup", "iam:AttachGroupPolicy"]
)
def test_a_deployment_cannot_give_users_credentials_or_groups(may: Callable[..., bool], action: str) -> None:
    assert not may(action, f"arn:aws:iam::{OWN_ID}:user/someone", {"iam:permissionsboundary": BOUNDARY})


@pytest.mark.parametrize("action", ["DeleteSecret", "PutResourcePolicy", "UntagResource"])
def test_a_secret_entry_cannot_be_deleted_shared_or_untagged(may: Callable[..., bool], action: str) -> None:
    assert not may(f"secretsmanager:{action}", SECRET, OURS)
    assert may(f"secretsmanager:{action}", SECRET)


@pytest.mark.parametrize("action", ["GetSecretValue", "PutSecretValue", "RotateSecret"])
def test_a_secret_entry_can_be_read_and_rotated_by_the_application(may: Callable[..., bool], action: str) -> None:
    assert may(f"secretsmanager:{action}", SECRET, OURS)


@pytest.mark.parametrize("action", ["lambda:CreateFunction", "iam:CreateServiceLinkedRole", "iam:PassRole"])
def test_the_boundary_allows_all_other_calls(may: Callable[..., bool], action: str) -> None:
    assert may(action)
