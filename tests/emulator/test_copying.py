"""Emulator.copy_account: an account like another one, without a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization

ALICE, BOB = {"alice": "bob"}, "bob@example.org"
TOPIC = {"Description": "the topic of alice", "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}


def secret(name: str) -> dict[str, Any]:
    return {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name, "GenerateSecretString": {}}}


@pytest.fixture
def alice(organization: Organization) -> str:
    """An account in an OU, with a policy and tags of its own."""
    api = organization.api
    account = organization.account("alice", Tags=[{"Key": "owner", "Value": "alice"}])
    api.move_account(
        AccountId=account, SourceParentId=organization.root, DestinationParentId=organization.ou("Developers")
    )
    api.attach_policy(PolicyId=organization.policy("own"), TargetId=account)
    return account


def test_a_copy_has_the_parent_policies_and_tags_of_the_other(
    emulator: Emulator, organization: Organization, alice: str
) -> None:
    bob = emulator.copy_account(alice, ALICE)
    api = organization.api
    described = api.describe_account(AccountId=bob)["Account"]
    assert (described["Name"], described["Email"], described["State"]) == ("bob", BOB, "ACTIVE")
    assert api.list_parents(ChildId=bob)["Parents"] == api.list_parents(ChildId=alice)["Parents"]
    assert organization.attached(bob) == organization.attached(alice) == ["FullAWSAccess", "own"]
    assert api.list_tags_for_resource(ResourceId=bob)["Tags"] == [{"Key": "owner", "Value": "bob"}]


def test_a_copy_has_stacks_with_resources_of_its_own(aws: Aws, emulator: Emulator, alice: str) -> None:
    api = aws("cloudformation", alice)
    for name, resources in (("made", {"S": secret("secret/alice")}), ("updated", {"S": secret("other/alice")})):
        api.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    more = json.dumps({"Resources": {"S": secret("other/alice"), "T": TOPIC["Resources"]["T"]}})
    api.update_stack(StackName="updated", TemplateBody=more)
    bob = emulator.copy_account(alice, ALICE)
    found = {each["StackName"]: each for each in aws("cloudformation", bob).list_stacks()["StackSummaries"]}
    assert {name: stack["StackStatus"] for name, stack in found.items()} == dict.fromkeys(found, "CREATE_COMPLETE")
    assert {name: "LastUpdatedTime" in stack for name, stack in found.items()} == {"made": False, "updated": True}
    secrets = aws("secretsmanager", bob).list_secrets()["SecretList"]
    assert sorted(each["Name"] for each in secrets) == ["other/bob", "secret/bob"]
    assert f":{bob}:" in secrets[0]["ARN"]


def test_a_copy_takes_a_template_of_its_own(aws: Aws, emulator: Emulator, alice: str) -> None:
    aws("cloudformation", alice).create_stack(StackName="s", TemplateBody=json.dumps(TOPIC))
    own = json.dumps({**TOPIC, "Description": "another topic"})
    bob = emulator.copy_account(alice, ALICE, {"s": own})
    assert aws("cloudformation", bob).list_stacks()["StackSummaries"][0]["TemplateDescription"] == "another topic"


def test_a_copy_is_no_call(emulator: Emulator, alice: str) -> None:
    before = len(emulator.calls())
    emulator.copy_account(alice, ALICE)
    assert len(emulator.calls()) == before


def test_no_two_accounts_have_one_email_address(emulator: Emulator, alice: str) -> None:
    with pytest.raises(ValueError, match="cannot be created: EMAIL_ALREADY_EXISTS"):
        emulator.copy_account(alice, {"nobody": "bob"})


def test_a_stack_that_cannot_be_created_is_an_error(aws: Aws, emulator: Emulator, alice: str) -> None:
    aws("cloudformation", alice).create_stack(StackName="s", TemplateBody=json.dumps(TOPIC))
    broken = {"Resources": {"F": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": "none"}}}}
    with pytest.raises(ValueError, match="the stack s cannot be copied"):
        emulator.copy_account(alice, ALICE, {"s": json.dumps(broken)})
