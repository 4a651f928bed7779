"""Stacks: creation, update, rollback and deletion, with effects in the services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused, Stacks

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def secret(name: Any = None, **more: Any) -> Any:
    properties = {"GenerateSecretString": {}, **({"Name": name} if name else {})}
    return {"Type": "AWS::SecretsManager::Secret", "Properties": properties, **more}


def parameter(name: str, value: Any = "x") -> Any:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}}


def failing(**more: Any) -> Any:
    """A role with a policy that does not exist."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "*"}]}
    properties = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", **trust},
        "ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/missing"],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties, **more}


def names(aws: Aws) -> Any:
    return sorted(each["Name"] for each in aws("secretsmanager").list_secrets()["SecretList"])


def test_a_failed_creation_rolls_back_and_deletes_its_resources(aws: Aws, stacks: Stacks) -> None:
    """User guide, "Stack failure options": ROLLBACK_COMPLETE; the call itself has long succeeded."""
    stacks.create("s", {"A": secret("a"), "B": failing(DependsOn="A")})
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert names(aws) == []
    assert aws("iam").list_roles()["Roles"] == []
    assert "policy/missing does not exist" in stacks.reasons("s")
    assert "failed to create: [B]" in stacks.reasons("s")


def test_the_events_of_a_failed_creation_are_in_order(stacks: Stacks) -> None:
    stacks.create("s", {"A": secret("a"), "B": failing(DependsOn="A")})
    events = stacks.api.describe_stack_events(StackName="s")["StackEvents"]
    told = [(each["LogicalResourceId"], each["ResourceStatus"]) for each in reversed(events)]
    assert told == [
        ("s", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_COMPLETE"),
        ("B", "CREATE_IN_PROGRESS"),
        ("B", "CREATE_FAILED"),
        ("s", "ROLLBACK_IN_PROGRESS"),
        ("A", "DELETE_IN_PROGRESS"),
        ("A", "DELETE_COMPLETE"),
        ("s", "ROLLBACK_COMPLETE"),
    ]


def test_after_rollback_complete_a_stack_can_only_be_deleted(stacks: Stacks, refused: Refused) -> None:
    """User guide, "Stack status codes", ROLLBACK_COMPLETE."""
    stacks.create("s", {"B": failing()})
    with refused("ValidationError", match="ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update("s", {"A": secret()})
    with refused("ValidationError", match="ROLLBACK_COMPLETE state and can not be updated"):
        stacks.change_set("s", {"A": secret()})
    with refused("AlreadyExistsException"):
        stacks.create("s", {"A": secret()})
    stacks.api.delete_stack(StackName="s")
    stacks.create("s", {"A": secret()})
    assert stacks.status("s") == "CREATE_COMPLETE"


def test_without_rollback_the_created_resources_stay(aws: Aws, stacks: Stacks) -> None:
    """API reference, CreateStack, DisableRollback."""
    stacks.create("s", {"A": secret("a"), "B": failing(DependsOn="A")}, DisableRollback=True)
    assert (stacks.status("s"), names(aws)) == ("CREATE_FAILED", ["a"])
    stacks.api.delete_stack(StackName="s")
    assert names(aws) == []


def test_a_failed_update_restores_template_and_resources(aws: Aws, stacks: Stacks) -> None:
    """User guide, "Stack status codes", UPDATE_ROLLBACK_COMPLETE."""
    before = {"P": parameter("/p", "old"), "Gone": parameter("/gone")}
    stacks.create("s", before)
    stacks.update("s", {"P": parameter("/p", "new"), "A": secret("a"), "B": failing(DependsOn=["A", "P"])})
    assert stacks.status("s") == "UPDATE_ROLLBACK_COMPLETE"
    ssm = aws("ssm")
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "old"
    assert ssm.get_parameter(Name="/gone")["Parameter"]["Value"] == "x"
    assert names(aws) == []
    assert stacks.resources("s") == {"P": "/p", "Gone": "/gone"}
    body = stacks.api.get_template(StackName="s")["TemplateBody"]
    assert json.loads(json.dumps(body)) == {"Resources": before}
    stacks.update("s", {"P": parameter("/p", "newer")})
    assert stacks.status("s") == "UPDATE_COMPLETE"


def test_an_update_creates_changes_and_deletes(aws: Aws, stacks: Stacks) -> None:
    stacks.create("s", {"Gone": secret("gone"), "P": parameter("/p", "old")})
    stacks.update("s", {"New": secret("new"), "P": parameter("/p", "new")})
    assert stacks.status("s") == "UPDATE_COMPLETE"
    assert names(aws) == ["new"]
    assert aws("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "new"


def test_an_update_without_change_is_refused(stacks: Stacks, refused: Refused) -> None:
    """API reference, UpdateStack: ValidationError "No updates are to be performed."."""
    stacks.create("s", {"A": secret("a")}, Tags=[{"Key": "k", "Value": "v"}])
    with refused("ValidationError", match="No updates are to be performed."):
        stacks.update("s", {"A": secret("a")})
    with refused("ValidationError", match="No updates are to be performed."):
        stacks.update("s", {"A": secret("a")}, Tags=[{"Key": "k", "Value": "v"}])


def test_stack_tags_can_change_alone_and_reach_the_resources(aws: Aws, stacks: Stacks) -> None:
    """User guide, "Resource tags": stack-level tags are given to the resources that can be tagged."""
    stacks.create("s", {"A": secret("a")}, Tags=[{"Key": "k", "Value": "old"}])
    stacks.update("s", {"A": secret("a")}, Tags=[{"Key": "k", "Value": "new"}])
    wanted = [{"Key": "k", "Value": "new"}]
    assert stacks.api.describe_stacks(StackName="s")["Stacks"][0]["Tags"] == wanted
    assert aws("secretsmanager").describe_secret(SecretId="a")["Tags"] == wanted
    stacks.update("s", {"A": secret("a"), "P": parameter("/p")})
    assert stacks.api.describe_stacks(StackName="s")["Stacks"][0]["Tags"] == wanted
    stacks.update("s", {"A": secret("a"), "P": parameter("/p")}, Tags=[])
    assert stacks.api.describe_stacks(StackName="s")["Stacks"][0]["Tags"] == []
    assert not aws("secretsmanager").describe_secret(SecretId="a").get("Tags")


def test_a_deleted_stack_has_no_resources_and_is_found_by_its_id_only(
    aws: Aws, stacks: Stacks, refused: Refused
) -> None:
    """API reference, DescribeStacks: deleted stacks are found by their unique id."""
    stacks.create("s", {"A": secret("a")})
    stack_id = stacks.api.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    stacks.api.delete_stack(StackName="s")
    assert names(aws) == []
    with refused("ValidationError", match="Stack with id s does not exist"):
        stacks.api.describe_stacks(StackName="s")
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    stacks.api.delete_stack(StackName="s")


def test_termination_protection_prevents_deletion(stacks: Stacks, refused: Refused) -> None:
    stacks.create("s", {"A": secret("a")}, EnableTerminationProtection=True)
    with refused("ValidationError", match="TerminationProtection"):
        stacks.api.delete_stack(StackName="s")
    stacks.api.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    stacks.api.delete_stack(StackName="s")


def test_a_resource_that_cannot_be_deleted_makes_the_stack_delete_failed(aws: Aws, stacks: Stacks) -> None:
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}}
    stacks.create("s", {"P": policy, "A": secret("a")})
    arn = stacks.resources("s")["P"]
    aws("iam").create_user(UserName="u")
    aws("iam").attach_user_policy(UserName="u", PolicyArn=arn)
    stacks.api.delete_stack(StackName="s")
    assert (stacks.status("s"), stacks.resources("s"), names(aws)) == ("DELETE_FAILED", {"P": arn}, [])
    aws("iam").detach_user_policy(UserName="u", PolicyArn=arn)
    stacks.api.delete_stack(StackName="s")
    assert stacks.api.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_retained_resource_stays_when_removed_or_when_its_stack_is_deleted(
    aws: Aws, stacks: Stacks, policy: str
) -> None:
    """Template reference, DeletionPolicy attribute."""
    both = {"A": secret("a", DeletionPolicy=policy), "B": secret("b", DeletionPolicy=policy)}
    stacks.create("s", {**both, "C": secret("c")})
    stacks.update("s", {"A": both["A"], "C": secret("c")})
    assert names(aws) == ["a", "b", "c"]
    assert stacks.resources("s").keys() == {"A", "C"}
    stacks.api.delete_stack(StackName="s")
    assert names(aws) == ["a", "b"]


@pytest.mark.parametrize(("policy", "left"), [("Retain", ["a"]), ("RetainExceptOnCreate", [])])
def test_a_rolled_back_creation_leaves_only_what_is_retained_without_exception(
    aws: Aws, stacks: Stacks, policy: str, left: Any
) -> None:
    """Template reference, DeletionPolicy: RetainExceptOnCreate deletes what a failed operation made."""
    stacks.create("s", {"A": secret("a", DeletionPolicy=policy), "B": failing(DependsOn="A")})
    assert (stacks.status("s"), names(aws)) == ("ROLLBACK_COMPLETE", left)


@pytest.mark.parametrize("call", ["create_stack", "create_change_set"])
def test_unknown_types_are_refused_and_nothing_is_made(aws: Aws, stacks: Stacks, call: str, refused: Refused) -> None:
    """ "Template format error: Unrecognized resource types", a ValidationError."""
    body = json.dumps({"Resources": {"A": secret("a"), "X": {"Type": "AWS::No::Such"}}})
    more = {"ChangeSetName": "c", "ChangeSetType": "CREATE"} if call == "create_change_set" else {}
    with refused("ValidationError", match="Unrecognized resource types: [AWS::No::Such]"):
        getattr(stacks.api, call)(StackName="s", TemplateBody=body, **more)
    assert stacks.api.describe_stacks()["Stacks"] == []
    assert names(aws) == []


def test_a_property_that_the_type_does_not_have_fails_the_resource(stacks: Stacks) -> None:
    """CloudFormation validates properties against the type's schema."""
    wrong = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Nmae": "a"}}
    stacks.create("s", {"A": wrong})
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert "extraneous key [Nmae] is not permitted" in stacks.reasons("s")


@pytest.mark.parametrize(
    ("properties", "given", "needed"),
    [
        ({"RoleName": "r"}, [], "CAPABILITY_NAMED_IAM"),
        ({"RoleName": "r"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
        ({}, [], "CAPABILITY_IAM"),
    ],
)
def test_iam_resources_need_a_capability(
    stacks: Stacks, properties: Any, given: Any, needed: str, refused: Refused
) -> None:
    """API reference, CreateStack, Capabilities: InsufficientCapabilitiesException."""
    role = failing()
    role["Properties"].update(properties)
    body = json.dumps({"Resources": {"R": role}})
    with refused("InsufficientCapabilitiesException", match=needed):
        stacks.api.create_stack(StackName="s", TemplateBody=body, Capabilities=given)
    with refused("InsufficientCapabilitiesException", match=needed):
        stacks.api.create_change_set(
            StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body, Capabilities=given
        )


def test_a_template_comes_back_as_it_was_submitted(stacks: Stacks) -> None:
    body = "# a comment\nResources:\n  A:\n    Type: AWS::SecretsManager::Secret\n"
    stacks.api.create_stack(StackName="s", TemplateBody=body)
    assert stacks.api.get_template(StackName="s")["TemplateBody"] == body


def test_resources_without_a_name_get_one_of_stack_and_logical_id(stacks: Stacks) -> None:
    stacks.create("mystack", {"Logical": {"Type": "AWS::SecretsManager::Secret"}})
    assert ":secret:mystack-Logical-" in stacks.resources("mystack")["Logical"]


def test_types_that_moto_implements_still_work(aws: Aws, stacks: Stacks) -> None:
    stacks.create("s", {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}})
    arns = [topic["TopicArn"] for topic in aws("sns").list_topics()["Topics"]]
    assert arns == [stacks.resources("s")["T"]]
    stacks.api.delete_stack(StackName="s")
    assert aws("sns").list_topics()["Topics"] == []


def test_a_kms_key_with_a_policy_can_be_described(aws: Aws, stacks: Stacks) -> None:
    """moto keeps the policy as a dictionary and then fails on every call of KMS in the account."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    stacks.create("s", {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}})
    key = stacks.resources("s")["K"]
    assert aws("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    assert json.loads(aws("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy


def test_members_have_stacks_of_their_own(aws: Aws, organization: Organization, stacks: Stacks) -> None:
    account = organization.account("alice")
    theirs = type(stacks)(aws("cloudformation", account))
    theirs.create("s", {"A": secret("a")})
    assert f":{account}:secret:a-" in theirs.resources("s")["A"]
    assert stacks.api.describe_stacks()["Stacks"] == []


def test_a_stack_set_creates_stacks_in_other_accounts(aws: Aws, organization: Organization, stacks: Stacks) -> None:
    account = organization.account("alice")
    body = json.dumps({"Resources": {"A": secret("a")}})
    stacks.api.create_stack_set(StackSetName="set", TemplateBody=body)
    stacks.api.create_stack_instances(StackSetName="set", Accounts=[account], Regions=["us-east-1"])
    listed = aws("secretsmanager", account).list_secrets()["SecretList"]
    assert [each["Name"] for each in listed] == ["a"]
