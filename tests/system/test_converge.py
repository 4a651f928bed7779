"""From nothing to a converged organization, each effect read through AWS's own API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.system.organization import Organization


def test_plan_apply_plan_is_empty(example: Organization) -> None:
    example.converge()


def test_the_accounts_stand_in_their_ous_with_our_tags(example: Organization) -> None:
    example.converge()
    organizations, accounts, ous = example.client("organizations"), example.accounts(), example.ous()
    expected = {
        "developer-alice": "Workloads/Developers",
        "developer-bob": "Workloads/Developers",
        "orders-beta": "Workloads/Beta",
        "orders-production": "Workloads/Production",
        "tooling": "Infrastructure",
        "security": "Security",
    }
    for name, ou in expected.items():
        parents = organizations.list_parents(ChildId=accounts[name])["Parents"]
        assert [parent["Id"] for parent in parents] == [ous[ou]]
        tags = organizations.list_tags_for_resource(ResourceId=accounts[name])["Tags"]
        assert {"Key": "org-bootstrap:key", "Value": name} in tags


def test_the_guardrails_are_attached_beside_the_policy_that_allows(example: Organization) -> None:
    example.converge()
    organizations, ous = example.client("organizations"), example.ous()

    def attached(target: str) -> set[str]:
        found = organizations.list_policies_for_target(TargetId=target, Filter="SERVICE_CONTROL_POLICY")
        return {policy["Name"] for policy in found["Policies"]}

    root = organizations.list_roots()["Roots"][0]["Id"]
    assert attached(root) == {"FullAWSAccess", "org.deny-leave", "root.deny", "roles.protect-org"}
    assert "region.limit" in attached(ous["Workloads"])
    assert "FullAWSAccess" in attached(ous["Workloads/Production"])
    assert attached(ous["Security"]) == {"FullAWSAccess"}


def test_the_deploy_role_trusts_the_tooling_account_of_this_organization_only(example: Organization) -> None:
    example.converge()
    accounts = example.accounts()
    iam = example.client("iam", accounts["orders-production"])
    trust = iam.get_role(RoleName="org-bootstrap-deploy")["Role"]["AssumeRolePolicyDocument"]
    organization = example.client("organizations").describe_organization()["Organization"]["Id"]
    text = json.dumps(trust)
    assert f"arn:aws:iam::{accounts['tooling']}:role/ci" in text
    assert organization in text
    assert "${" not in text
    execution = iam.get_role(RoleName="org-bootstrap-execution")["Role"]
    boundary = f"arn:aws:iam::{accounts['orders-production']}:policy/org-bootstrap-boundary"
    assert execution["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary


def test_an_entry_has_one_name_everywhere_and_another_value_in_each_environment(example: Organization) -> None:
    example.converge()
    accounts = example.accounts()

    def value(account: str, name: str) -> dict[str, str]:
        secrets = example.client("secretsmanager", accounts[account], "eu-west-1")
        found: dict[str, str] = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        return found

    holders = ["developer-alice", "developer-bob", "orders-beta", "orders-production"]
    values = [value(account, "orders/database") for account in holders]
    assert all(found["username"] == "orders" for found in values)
    assert len({found["password"] for found in values}) == len(holders)


def test_an_external_entry_is_made_empty_and_a_developer_gets_only_what_is_for_developers(
    example: Organization,
) -> None:
    example.converge()
    accounts = example.accounts()
    production = example.client("secretsmanager", accounts["orders-production"], "eu-west-1")
    assert not production.describe_secret(SecretId="orders/payment-api").get("VersionIdsToStages")
    developer = example.client("secretsmanager", accounts["developer-alice"], "eu-west-1")
    names = {secret["Name"] for secret in developer.list_secrets()["SecretList"]}
    assert names == {"orders/database", "orders/session-signing", "orders/payment-api"}


def test_each_environment_has_its_budget(example: Organization) -> None:
    example.converge()
    account = example.accounts()["developer-alice"]
    budgets = example.client("budgets", account).describe_budgets(AccountId=account)["Budgets"]
    (budget,) = budgets
    assert budget["BudgetName"].startswith("org-bootstrap-monthly")
    assert float(budget["BudgetLimit"]["Amount"]) == 50.0
