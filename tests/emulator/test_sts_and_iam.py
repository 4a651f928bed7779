"""AssumeRole, trust policies, permissions boundaries and AWS managed policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused

MANAGEMENT = "123456789012"


def trust(principal: Any) -> Any:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_role_of_a_member_can_be_assumed(aws: Aws, organization: Organization) -> None:
    account = organization.account("alice")
    assert aws("sts", account).get_caller_identity()["Account"] == account


@pytest.mark.parametrize("role", ["role/Missing", "user/somebody"])
def test_a_role_that_does_not_exist_cannot_be_assumed(
    aws: Aws, organization: Organization, role: str, refused: Refused
) -> None:
    """STS answers AccessDenied, and does not say whether the role exists."""
    account = organization.account("alice")
    with refused("AccessDenied"):
        aws("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:{role}", RoleSessionName="test")


def test_no_role_outside_the_organization_or_in_a_closed_account_can_be_assumed(
    aws: Aws, organization: Organization, refused: Refused
) -> None:
    account = organization.account("alice")
    organization.api.close_account(AccountId=account)
    for _ in range(2):
        organization.api.describe_account(AccountId=account)
    for each in (account, "999999999999"):
        with refused("AccessDenied"):
            aws("iam", each)


def test_one_member_can_assume_a_role_in_another(aws: Aws, organization: Organization) -> None:
    alice, bob = organization.account("alice"), organization.account("bob")
    aws("iam", bob).create_role(
        RoleName="Deploy", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{alice}:root"})
    )
    assumed = aws("sts", alice).assume_role(RoleArn=f"arn:aws:iam::{bob}:role/Deploy", RoleSessionName="ci")
    assert assumed["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{bob}:assumed-role/Deploy/ci"


def test_a_trust_policy_cannot_name_a_role_that_does_not_exist(
    aws: Aws, organization: Organization, refused: Refused
) -> None:
    """IAM User Guide, "Principal": IAM turns the ARN into a unique id, and so the role has to exist."""
    account = organization.account("alice")
    iam = aws("iam", account)
    missing = f"arn:aws:iam::{MANAGEMENT}:role/Deployer"
    with refused("MalformedPolicyDocument", match="Invalid principal in policy"):
        iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=trust({"AWS": missing}))
    aws("iam").create_role(RoleName="Deployer", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=trust({"AWS": missing}))
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trust({"AWS": [missing, f"{missing}2"]}))


def test_a_trust_policy_may_name_accounts_outside_the_emulator(aws: Aws, organization: Organization) -> None:
    assert organization.id
    arns = ["arn:aws:iam::999999999999:root", "arn:aws:iam::999999999999:role/Partner", "888888888888"]
    aws("iam").create_role(RoleName="Partner", AssumeRolePolicyDocument=trust({"AWS": arns}))


def test_a_permissions_boundary_must_exist(aws: Aws, refused: Refused) -> None:
    """API reference, PutRolePermissionsBoundary: NoSuchEntity."""
    iam, boundary = aws("iam"), f"arn:aws:iam::{MANAGEMENT}:policy/boundary"
    request = {"RoleName": "r", "AssumeRolePolicyDocument": trust({"Service": "ec2.amazonaws.com"})}
    with refused("NoSuchEntity"):
        iam.create_role(**request, PermissionsBoundary=boundary)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(document))
    made = iam.create_role(**request, PermissionsBoundary=boundary)
    assert made["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary


def test_policies_of_aws_can_be_attached(aws: Aws) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    for name in ("AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess"):
        iam.attach_role_policy(RoleName="r", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def test_a_deleted_secret_keeps_its_name_during_the_recovery_window(aws: Aws, refused: Refused) -> None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html."""
    secrets = aws("secretsmanager")
    secrets.create_secret(Name="taken", SecretString="x")
    secrets.delete_secret(SecretId="taken", RecoveryWindowInDays=7)
    with refused("InvalidRequestException"):
        secrets.create_secret(Name="taken", SecretString="y")
    secrets.restore_secret(SecretId="taken")
    assert secrets.get_secret_value(SecretId="taken")["SecretString"] == "x"


def test_budgets_can_be_updated_and_tell_their_subscribers(aws: Aws) -> None:
    """API reference of Budgets, UpdateBudget and DescribeSubscribersForNotification."""
    budgets = aws("budgets")
    budget = {
        "BudgetName": "monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    }
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "a@example.org"}]
    budgets.create_budget(
        AccountId=MANAGEMENT,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": subscribers}],
    )
    larger = {**budget, "BudgetLimit": {"Amount": "20", "Unit": "USD"}}
    budgets.update_budget(AccountId=MANAGEMENT, NewBudget=larger)
    told = budgets.describe_budget(AccountId=MANAGEMENT, BudgetName="monthly")["Budget"]
    assert float(told["BudgetLimit"]["Amount"]) == 20
    found = budgets.describe_subscribers_for_notification(
        AccountId=MANAGEMENT, BudgetName="monthly", Notification=notification
    )
    assert found["Subscribers"] == subscribers
