"""Failures that a profile plans, seen by a client of `org-bootstrap emulator` in another process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.command import served
from tests.emulator.conftest import Aws, Organization, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Refused

pytestmark = pytest.mark.emulator
PROFILE = """
paths = false
tagging = false
account_failures = [
  { reason = "INVALID_ADDRESS", email = "a@example.org", times = 2 },
  { reason = "MISSING_PAYMENT_INSTRUMENT", email = "b@example.org" },
]
resource_failures = [{ type_name = "AWS::SecretsManager::Secret", logical_id = "B", message = "no luck" }]
rollback_failures = [{ type_name = "AWS::SecretsManager::Secret", logical_id = "A" }]
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("profile") / "asked.toml"
    path.write_text(PROFILE, "utf-8")
    with served(0, "--profile", str(path)) as variables:
        yield variables["AWS_ENDPOINT_URL"]


@pytest.fixture
def aws(endpoint: str) -> Aws:
    return Aws(endpoint)


@pytest.fixture(autouse=True)
def _empty() -> None:
    """The emulator is in another process, and ends with it."""


def created(organization: Organization, name: str) -> str:
    """The FailureReason of an account creation, or SUCCEEDED."""
    asked = organization.api.create_account(Email=f"{name}@example.org", AccountName=name)["CreateAccountStatus"]
    while (status := organization.status(asked["Id"]))["State"] == "IN_PROGRESS":
        pass
    return str(status.get("FailureReason", status["State"]))


def test_the_profile_plans_failures_of_account_creations(aws: Aws) -> None:
    """API model, CreateAccountFailureReason; and an older endpoint, without State, Paths and tagging API."""
    organization = Organization(aws)
    invalid = "INVALID_ADDRESS"
    assert [created(organization, name) for name in "aaca"] == [invalid, invalid, "SUCCEEDED", "SUCCEEDED"]
    assert [created(organization, "b") for _ in range(2)] == ["MISSING_PAYMENT_INSTRUMENT", "SUCCEEDED"]
    assert not any({"State", "Paths"} & account.keys() for account in organization.api.list_accounts()["Accounts"])


def test_the_profile_turns_the_tagging_api_off(aws: Aws, refused: Refused) -> None:
    with refused("UnknownOperationException"):
        aws("resourcegroupstaggingapi").get_resources()


def test_the_profile_plans_failures_of_resources_and_rollbacks(aws: Aws) -> None:
    """User guide, "Stack status codes", ROLLBACK_FAILED."""
    stacks, resources = aws("cloudformation"), {"A": secret("a"), "B": {**secret("b"), "DependsOn": "A"}}
    stacks.create_stack(StackName="s", TemplateBody=template(resources))
    assert stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "ROLLBACK_FAILED"
    assert "no luck" in json.dumps(stacks.describe_stack_events(StackName="s")["StackEvents"], default=str)
    stacks.delete_stack(StackName="s")
    stacks.create_stack(StackName="s", TemplateBody=template(resources))
    assert stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def secret(name: str) -> Any:
    return {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name, "GenerateSecretString": {}}}
