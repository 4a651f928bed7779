from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.api import lint

from bootstrap.model.names import BASELINE_STACK
from bootstrap.spec.load import load
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec


def test_an_account_without_an_environment_gets_no_baseline(spec: Spec) -> None:
    assert {key for key, account in spec.accounts.items() if not Baselines(spec).of(account)} == {
        "security",
        "tooling",
    }


def test_every_environment_has_an_account_with_a_baseline(spec: Spec, templates: dict[str, Any]) -> None:
    assert {spec.accounts[key].environment for key in templates} == set(spec.environments)


@pytest.mark.long
def test_cfn_lint_finds_nothing_wrong_in_any_template(sent: dict[str, Any], budgets: dict[str, Any]) -> None:
    assert len(sent) == len(budgets) == 4
    for template in (*sent.values(), *budgets.values()):
        assert [str(match) for match in lint(json.dumps(template, indent=1), regions=["eu-west-1"])] == []


def test_cfn_lint_would_find_a_planted_mistake(sent: dict[str, Any]) -> None:
    planted = json.loads(json.dumps(sent["orders-beta"]))
    planted["Resources"]["SecretOrdersDatabase"]["DeletionPolicy"] = "Keep"
    assert lint(json.dumps(planted, indent=1), regions=["eu-west-1"])


def test_the_logical_ids_of_resources_are_stable(templates: dict[str, Any], budgets: dict[str, Any]) -> None:
    # A changed logical id replaces the resource, and that fails for resources with custom names.
    assert list(budgets["orders-beta"]["Resources"]) == ["MonthlyBudget"]
    assert sorted(templates["orders-beta"]["Resources"]) == [
        "DeployRole",
        "ExecutionRole",
        "PermissionsBoundary",
        "SecretOrdersDatabase",
        "SecretOrdersMail",
        "SecretOrdersPaymentApi12256101",
        "SecretOrdersSessionSigning08161470",
        "SecretOrdersWebhookToken56639634",
    ]


def test_the_same_yaml_gives_the_same_bytes(templates: dict[str, Any]) -> None:
    again = load(Path(__file__).parents[2])
    baselines = Baselines(again)
    assert {key: json.dumps(baselines.baseline(again.accounts[key])) for key in templates} == {
        key: json.dumps(template) for key, template in templates.items()
    }


def test_templates_have_references_instead_of_ids(
    templates: dict[str, Any],
) -> None:
    for template in templates.values():
        text = json.dumps(template)
        assert not re.search(r"\d{12}|o-[a-z0-9]{10}", text)
        assert "${account:tooling}" in text
        assert "${organization:example}" in text


def test_accounts_of_one_environment_differ_only_in_the_owner_of_their_budget(
    templates: dict[str, Any], budgets: dict[str, Any]
) -> None:
    assert templates["developer-alice"] is templates["developer-bob"]
    assert budgets["developer-alice"] != budgets["developer-bob"]


def test_accounts_of_one_environment_and_owner_share_their_stacks(spec: Spec) -> None:
    baselines, alice = Baselines(spec), spec.accounts["developer-alice"]
    carol = alice.settings.model_copy(update={"name": "carol", "email": "aws+carol@example.com"})
    assert baselines.of(alice) is baselines.of(replace(alice, key="developer-carol", settings=carol))
    assert baselines.of(alice)[BASELINE_STACK] is baselines.of(spec.accounts["developer-bob"])[BASELINE_STACK]


def test_a_developers_beta_and_production_account_have_entries_of_the_same_names(
    spec: Spec, templates: dict[str, Any]
) -> None:
    def names(account: str, environment: str) -> dict[str, str]:
        """The names of the entries that both this environment and the account's environment have."""
        return {
            logical_id: resource["Properties"]["Name"]
            for logical_id, resource in templates[account]["Resources"].items()
            if resource["Type"] == "AWS::SecretsManager::Secret"
            and environment in spec.entries[resource["Properties"]["Name"]].layout.environments
        }

    assert names("orders-beta", "production") == names("orders-production", "beta") != {}
    assert names("orders-beta", "developer") == names("developer-alice", "beta") != {}


def test_an_environment_without_deploy_and_budget_has_neither(spec: Spec) -> None:
    without = spec.environments["beta"].model_copy(update={"deploy": None, "budget": None})
    changed = replace(spec, environments={**spec.environments, "beta": without})
    made: Any = Baselines(changed).of(spec.accounts["orders-beta"])
    assert made.keys() == {BASELINE_STACK}
    assert "DeployRole" not in made[BASELINE_STACK]["Resources"]
    assert {"ExecutionRole", "PermissionsBoundary"} <= made[BASELINE_STACK]["Resources"].keys()


def test_roles_and_secret_entries_have_tags(beta: dict[str, Any]) -> None:
    def tags(resource: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in beta[resource]["Tags"]}

    assert tags("DeployRole") == {
        "org-bootstrap:environment": "beta",
        "org-bootstrap:key": "org-bootstrap-deploy",
    }
    assert tags("SecretOrdersDatabase") == {
        "org-bootstrap:application": "orders",
        "org-bootstrap:environment": "beta",
        "org-bootstrap:key": "orders/database",
        "org-bootstrap:owner": "orders-team@example.com",
    }
