"""Planning cannot write, in any account; and nothing ever reads a secret's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.aws.api import Place
from bootstrap.aws.read_only import is_read
from bootstrap.model.errors import WriteWhilePlanning

if TYPE_CHECKING:
    from tests.system.organization import Organization

WRITES: dict[str, dict[str, Any]] = {
    "organizations.CreateOrganizationalUnit": {"ParentId": "r-abcd", "Name": "Sneaked"},
    "organizations.CloseAccount": {"AccountId": "111122223333"},
    "account.PutAccountName": {"AccountName": "sneaked"},
    "cloudformation.DeleteStack": {"StackName": "org-bootstrap-baseline"},
    "cloudformation.CreateChangeSet": {"StackName": "s", "ChangeSetName": "c"},
    "iam.CreateUser": {"UserName": "sneaked"},
    "secretsmanager.PutSecretValue": {"SecretId": "orders/database", "SecretString": "sneaked"},
    "resourcegroupstaggingapi.TagResources": {"ResourceARNList": ["arn:aws:s3:::b"], "Tags": {"a": "b"}},
}


@pytest.mark.parametrize("action", WRITES)
def test_planning_cannot_write_in_any_account(example: Organization, action: str) -> None:
    example.converge()
    aws = example.aws()
    example.plan(aws=aws)
    members = [account for name, account in example.accounts().items() if name in example.spec().accounts]
    assert len(members) == 6
    for account in ["", *members]:
        with pytest.raises(WriteWhilePlanning):
            aws.call(action, at=Place(account, "eu-west-1"), **WRITES[action])
    assert not example.plan().plan, "something was changed all the same"


def test_no_value_of_a_secret_can_be_read_even_while_applying(example: Organization) -> None:
    example.converge()
    aws = example.aws()
    aws.allow_writes()
    at = Place(example.accounts()["developer-alice"], "eu-west-1")
    with pytest.raises(WriteWhilePlanning):
        aws.call("secretsmanager.GetSecretValue", at=at, SecretId="orders/database")


def test_every_call_of_a_plan_is_a_read(example: Organization) -> None:
    example.converge()
    aws = example.aws()
    seen: list[str] = []
    aws.on_event("before-call", lambda model, **_: seen.append(model.name))
    example.plan(aws=aws)
    assert seen
    assert all(is_read(operation) for operation in seen)
