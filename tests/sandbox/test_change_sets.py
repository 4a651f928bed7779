"""Change sets, and the import of what exists already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Aws, Refused, Stacks

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def secret(name: str, **more: Any) -> Any:
    properties = {"Name": name, "GenerateSecretString": {}}
    return {"Type": "AWS::SecretsManager::Secret", "Properties": properties, **more}


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


def test_changes_are_told_with_their_action_and_whether_they_replace(stacks: Stacks) -> None:
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


def test_a_failing_execution_is_told_by_the_stack_only(aws: Aws, stacks: Stacks) -> None:
    aws("secretsmanager").create_secret(Name="a", SecretString="x")
    change_set = stacks.change_set("s", {"A": secret("a")}, "CREATE")
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("s")


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_an_existing_resource_is_imported_and_keeps_its_value(aws: Aws, stacks: Stacks, policy: str) -> None:
    """User guide, "Import AWS resources into a CloudFormation stack automatically"."""
    secrets = aws("secretsmanager")
    arn = secrets.create_secret(Name="a", SecretString="precious")["ARN"]
    wanted = {"A": secret("a", DeletionPolicy=policy), "B": secret("b")}
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Import", None), "B": ("Add", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "CREATE_COMPLETE"
    assert stacks.resources("s")["A"] == arn
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "precious"
    told = described(stacks, stacks.change_set("s", wanted, name="again"))
    assert (told["Status"], told["StatusReason"]) == ("FAILED", NO_CHANGES)


def test_an_import_needs_a_deletion_policy_that_keeps_the_resource(aws: Aws, stacks: Stacks) -> None:
    """The same page: "The resource must have a DeletionPolicy of Retain or RetainExceptOnCreate"."""
    aws("secretsmanager").create_secret(Name="a", SecretString="precious")
    change_set = stacks.change_set("s", {"A": secret("a")}, "CREATE", ImportExistingResources=True)
    told = described(stacks, change_set)
    assert told["Status"] == "FAILED"
    assert "DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate'" in told["StatusReason"]


def test_what_is_in_another_stack_is_not_imported(stacks: Stacks) -> None:
    """The same page: "The resource must not already belong to another CloudFormation stack"."""
    mine = {"A": secret("a", DeletionPolicy="Retain")}
    stacks.create("first", mine)
    change_set = stacks.change_set("second", mine, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Add", None)}
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("second") == "ROLLBACK_COMPLETE"


def test_a_name_from_a_function_is_not_imported(aws: Aws, stacks: Stacks) -> None:
    """The same page: "Dynamic names (using !Ref or other functions) are not currently supported"."""
    aws("secretsmanager").create_secret(Name="s-a", SecretString="x")
    wanted = {"A": secret({"Fn::Sub": "${AWS::StackName}-a"}, DeletionPolicy="Retain")}
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    assert actions(stacks, change_set) == {"A": ("Add", None)}


def test_a_rolled_back_import_leaves_the_resource_alone(aws: Aws, stacks: Stacks) -> None:
    aws("secretsmanager").create_secret(Name="a", SecretString="precious")
    wanted = {
        "A": secret("a", DeletionPolicy="RetainExceptOnCreate"),
        "B": {"Type": "AWS::SecretsManager::Secret", "Properties": {"No": 1}, "DependsOn": "A"},
    }
    change_set = stacks.change_set("s", wanted, "CREATE", ImportExistingResources=True)
    stacks.api.execute_change_set(ChangeSetName=change_set)
    assert stacks.status("s") == "ROLLBACK_COMPLETE"
    assert aws("secretsmanager").get_secret_value(SecretId="a")["SecretString"] == "precious"
