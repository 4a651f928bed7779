"""Change sets, and the import of existing resources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Refused, Stacks

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def secret(name: str, **more: Any) -> Any:
    properties = {"Name": name, "GenerateSecretString": {}}
    return {"Type": "AWS::SecretsManager::Secret", "Properties": properties, **more}


def role(name: Any, **more: Any) -> Any:
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": TRUST}, **more}


def make_role(aws: Aws, name: str) -> None:
    aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))


def to_import(arn: str, logical_id: str = "A") -> Any:
    kind = "AWS::SecretsManager::Secret"
    return [{"ResourceType": kind, "LogicalResourceId": logical_id, "ResourceIdentifier": {"Id": arn}}]


def described(stacks: Stacks, change_set: str) -> Any:
    return stacks.api.describe_change_set(ChangeSetName=change_set)


def actions(stacks: Stacks, change_set: str) -> Any:
    changes = [each["ResourceChange"] for each in described(stacks, change_set)["Changes"]]
    return {each["LogicalResourceId"]: (each["Action"], each.get("Replacement")) for each in changes}


def test_a_new_stack_is_in_review_until_its_change_set_is_executed(aws: Aws, stacks: Stacks) -> None:
    """API reference, CreateChangeSet, ChangeSetType CREATE: REVIEW_IN_PROGRESS, without resources."""
    change_set = stacks.change_set("s", {"A": secret("a")}, "CREATE")
    assert stacks.status("s") == "REVIEW_IN_PROGRESS"
    assert stacks.resources("s") == {}
    assert described(stacks, change_set)["ExecutionStatus"] == "AVAILABLE"
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "CREATE_COMPLETE"
    assert described(stacks, change_set)["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert aws("secretsmanager").describe_secret(SecretId="a")


def test_a_stack_in_review_cannot_be_updated_but_can_be_created_or_deleted(stacks: Stacks, refused: Refused) -> None:
    stacks.change_set("s", {"A": secret("a")}, "CREATE")
    with refused("ValidationError", match="REVIEW_IN_PROGRESS"):
        stacks.change_set("s", {"A": secret("a")}, name="other")
    stacks.change_set("s", {"A": secret("a")}, "CREATE", name="other")
    stacks.api.delete_stack(StackName="s")
    with refused("ValidationError"):
        stacks.status("s")


def test_the_type_has_to_fit_the_stack_and_the_name_be_new(stacks: Stacks, refused: Refused) -> None:
    """API reference, CreateChangeSet, ChangeSetType."""
    with refused("ValidationError", match="does not exist"):
        stacks.change_set("s", {"A": secret("a")})
    stacks.create("s", {"A": secret("a")})
    with refused("ValidationError", match="already exists"):
        stacks.change_set("s", {"A": secret("a")}, "CREATE")
    stacks.change_set("s", {"A": secret("b")})
    with refused("AlreadyExistsException"):
        stacks.change_set("s", {"A": secret("b")})


def test_no_change_makes_a_failed_change_set(stacks: Stacks, refused: Refused) -> None:
    stacks.create("s", {"A": secret("a")})
    change_set = stacks.change_set("s", {"A": secret("a")})
    told = described(stacks, change_set)
    assert (told["Status"], told["StatusReason"]) == ("FAILED", NO_CHANGES)
    assert told["ExecutionStatus"] == "UNAVAILABLE"
    with refused("InvalidChangeSetStatus"):
        stacks.api.execute_change_set(ChangeSetName=change_set)


def test_a_change_of_tags_or_outputs_is_a_change(stacks: Stacks) -> None:
    stacks.create("s", {"A": secret("a")})
    tagged = stacks.change_set("s", {"A": secret("a")}, Tags=[{"Key": "k", "Value": "v"}])
    assert described(stacks, tagged)["Status"] == "CREATE_COMPLETE"
    output = stacks.api.create_change_set(
        StackName="s",
        ChangeSetName="output",
        TemplateBody='{"Resources": {"A": {"Type": "AWS::SecretsManager::Secret", "Properties": '
        '{"Name": "a", "GenerateSecretString": {}}}}, "Outputs": {"O": {"Value": {"Ref": "A"}}}}',
    )
    assert described(stacks, output["Id"])["Status"] == "CREATE_COMPLETE"


def test_a_change_set_lists_each_action_and_replacement(stacks: Stacks) -> None:
    stacks.create("s", {"Same": secret("same"), "Gone": secret("gone"), "Text": secret("text")})
    text = secret("text")
    text["Properties"]["Description"] = "new"
    wanted = {"Same": secret("renamed"), "Text": text, "New": secret("new")}
    assert actions(stacks, stacks.change_set("s", wanted)) == {
        "Same": ("Modify", "True"),
        "Text": ("Modify", "False"),
        "New": ("Add", None),
        "Gone": ("Remove", None),
    }


def test_an_unknown_or_deleted_change_set_is_not_found(stacks: Stacks, refused: Refused) -> None:
    """ChangeSetNotFoundException, whose code is ChangeSetNotFound."""
    stacks.create("s", {"A": secret("a")})
    change_set = stacks.change_set("s", {"A": secret("b")})
    stacks.api.delete_change_set(ChangeSetName=change_set)
    for call in (stacks.api.describe_change_set, stacks.api.execute_change_set):
        with refused("ChangeSetNotFound"):
            call(ChangeSetName=change_set)
        with refused("ChangeSetNotFound"):
            call(ChangeSetName="nothing", StackName="s")


def test_a_change_set_is_found_by_its_name_and_that_of_its_stack(stacks: Stacks) -> None:
    for stack in ("one", "two"):
        stacks.change_set(stack, {"A": secret(stack)}, "CREATE", name="same")
    stacks.api.execute_change_set(ChangeSetName="same", StackName="two")
    assert (stacks.status("one"), stacks.status("two")) == ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE")


def test_a_failed_execution_shows_in_the_stack_and_the_change_set(aws: Aws, stacks: Stacks) -> None:
    """API reference, DescribeChangeSet, ExecutionStatus."""
    aws("secretsmanager").create_secret(Name="a", SecretString="x")
    change_set = stacks.change_set("s", {"A": secret("a")}, "CREATE")
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert described(stacks, change_set)["ExecutionStatus"] == "EXECUTE_FAILED"
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("s")


# --- what has a name is taken by it (user guide, "Import AWS resources into a CloudFormation stack automatically")


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_an_existing_resource_is_imported_by_its_name(aws: Aws, stacks: Stacks, policy: str) -> None:
    make_role(aws, "a")
    before = aws("iam").get_role(RoleName="a")["Role"]
    wanted = {"A": role("a", DeletionPolicy=policy), "B": secret("b")}
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Import", None), "B": ("Add", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "CREATE_COMPLETE"
    assert stacks.resources("s")["A"] == "a"
    assert aws("iam").get_role(RoleName="a")["Role"]["RoleId"] == before["RoleId"]
    told = described(stacks, stacks.change_set("s", wanted, name="again"))
    assert (told["Status"], told["StatusReason"]) == ("FAILED", NO_CHANGES)


def test_an_import_needs_a_deletion_policy_that_keeps_the_resource(aws: Aws, stacks: Stacks) -> None:
    """The same page: "The resource must have a DeletionPolicy of Retain or RetainExceptOnCreate"."""
    make_role(aws, "a")
    change_set = stacks.change_set("s", {"A": role("a")}, "CREATE", ImportExistingResources=True)
    told = described(stacks, change_set)
    assert told["Status"] == "FAILED"
    assert "DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate'" in told["StatusReason"]


def test_a_resource_of_another_stack_is_not_imported(stacks: Stacks) -> None:
    """The same page: "The resource must not already belong to another CloudFormation stack"."""
    mine = {"A": role("a", DeletionPolicy="Retain")}
    stacks.create("first", mine)
    change_set = stacks.change_set("second", mine, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Add", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("second") == "ROLLBACK_COMPLETE"


def test_a_name_from_a_function_is_not_imported(aws: Aws, stacks: Stacks) -> None:
    """The same page: "Dynamic names (using !Ref or other functions) are not currently supported"."""
    make_role(aws, "s-a")
    wanted = {"A": role({"Fn::Sub": "${AWS::StackName}-a"}, DeletionPolicy="Retain")}
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Add", None)}


def test_a_type_with_a_read_only_identifier_is_not_imported_by_name(aws: Aws, stacks: Stacks) -> None:
    """The same page: types whose primary identifier is read-only are left out; a secret's is its ARN."""
    aws("secretsmanager").create_secret(Name="a", SecretString="precious")
    wanted = {"A": secret("a", DeletionPolicy="Retain")}
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Add", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "ROLLBACK_COMPLETE"


def test_a_rolled_back_import_leaves_the_resource_alone(aws: Aws, stacks: Stacks) -> None:
    make_role(aws, "a")
    before = aws("iam").get_role(RoleName="a")["Role"]
    wanted = {
        "A": role("a", DeletionPolicy="RetainExceptOnCreate"),
        "B": {"Type": "AWS::SecretsManager::Secret", "Properties": {"No": 1}, "DependsOn": "A"},
    }
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert aws("iam").get_role(RoleName="a")["Role"]["RoleId"] == before["RoleId"]


# --- the rest by its identifier (user guide, "Import AWS resources into a CloudFormation stack")


@pytest.mark.parametrize("others", [{}, {"B": secret("b")}])
def test_a_secret_is_imported_by_its_arn_and_keeps_its_value(aws: Aws, stacks: Stacks, others: Any) -> None:
    secrets = aws("secretsmanager")
    arn = secrets.create_secret(Name="a", SecretString="precious")["ARN"]
    if others:
        stacks.create("s", others)
    wanted = {**others, "A": secret("a", DeletionPolicy="RetainExceptOnCreate")}
    change_set = stacks.change_set("s", wanted, "IMPORT", ResourcesToImport=to_import(arn))
    assert actions(stacks, change_set) == {"A": ("Import", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "IMPORT_COMPLETE"
    assert stacks.resources("s")["A"] == arn
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "precious"
    stacks.update("s", {**wanted, "C": secret("c")})
    assert stacks.status("s") == "UPDATE_COMPLETE"
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "precious"


def test_an_import_makes_and_changes_nothing_else(aws: Aws, stacks: Stacks) -> None:
    arn = aws("secretsmanager").create_secret(Name="a")["ARN"]
    stacks.create("s", {"B": secret("b")})
    for number, others in enumerate(({"B": secret("b"), "C": secret("c")}, {"B": secret("other")}, {})):
        wanted = {**others, "A": secret("a", DeletionPolicy="Retain")}
        name = f"change-{number}"
        told = described(stacks, stacks.change_set("s", wanted, "IMPORT", name=name, ResourcesToImport=to_import(arn)))
        assert told["Status"] == "FAILED"
        assert "you cannot modify or add" in told["StatusReason"]


def test_only_what_exists_in_no_stack_is_imported(aws: Aws, stacks: Stacks) -> None:
    wanted = {"A": secret("a", DeletionPolicy="Retain")}
    nothing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf"
    change_set = stacks.change_set("s", wanted, "IMPORT", ResourcesToImport=to_import(nothing))
    assert "does not exist" in described(stacks, change_set)["StatusReason"]
    stacks.create("owner", {"A": secret("a")})
    arn = aws("secretsmanager").describe_secret(SecretId="a")["ARN"]
    change_set = stacks.change_set("s", wanted, "IMPORT", name="again", ResourcesToImport=to_import(arn))
    assert "already exists in a stack" in described(stacks, change_set)["StatusReason"]


def test_an_import_by_identifier_needs_a_deletion_policy_too(aws: Aws, stacks: Stacks) -> None:
    arn = aws("secretsmanager").create_secret(Name="a")["ARN"]
    change_set = stacks.change_set("s", {"A": secret("a")}, "IMPORT", ResourcesToImport=to_import(arn))
    assert described(stacks, change_set)["Status"] == "FAILED"
