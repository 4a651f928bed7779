"""Stacks with delays, failures half-way and failed rollbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Refused, Stacks

PROFILE = """
[delays_s]
stack = [90, 90]
change_set = [10, 10]
"""
SECRET = "AWS::SecretsManager::Secret"
pytestmark = pytest.mark.emulator(profile=PROFILE)


def secret(name: str, text: str = "", **more: Any) -> Any:
    properties = {"Name": name, "Description": text, "GenerateSecretString": {}}
    return {"Type": SECRET, "Properties": properties, **more}


def names(aws: Aws) -> list[str]:
    return sorted(each["Name"] for each in aws("secretsmanager").list_secrets()["SecretList"])


def text(aws: Aws, name: str) -> str:
    return aws("secretsmanager").describe_secret(SecretId=name).get("Description", "")


TWO = {"A": secret("a"), "B": secret("b", DependsOn="A")}
CHANGED = {"A": secret("a", "new"), "B": secret("b", "new", DependsOn="A")}


@pytest.fixture
def stack(stacks: Stacks, emulator: Emulator) -> Stacks:
    """A stack named s that holds two secrets."""
    stacks.create("s", TWO)
    emulator.advance(90)
    assert stacks.status("s") == "CREATE_COMPLETE"
    return stacks


def told(stacks: Stacks) -> list[str]:
    """The statuses of the stack after its creation."""
    events = stacks.api.describe_stack_events(StackName="s")["StackEvents"]
    passed = [each["ResourceStatus"] for each in reversed(events) if each["LogicalResourceId"] == "s"]
    return passed[2:]


def test_a_change_set_is_in_progress_and_has_no_changes_at_first(
    stacks: Stacks, emulator: Emulator, refused: Refused
) -> None:
    """API model, ChangeSetStatus; InvalidChangeSetStatusException: "might be CREATE_IN_PROGRESS"."""
    change_set = stacks.change_set("s", TWO, "CREATE")
    found = stacks.api.describe_change_set(ChangeSetName=change_set)
    assert (found["Status"], found["ExecutionStatus"], found["Changes"]) == ("CREATE_IN_PROGRESS", "UNAVAILABLE", [])
    for call in (stacks.api.execute_change_set, stacks.api.delete_change_set):
        with refused("InvalidChangeSetStatus", match="CREATE_IN_PROGRESS"):
            call(ChangeSetName=change_set)
    emulator.advance(10)
    found = stacks.api.describe_change_set(ChangeSetName=change_set)
    assert (found["Status"], found["ExecutionStatus"], len(found["Changes"])) == ("CREATE_COMPLETE", "AVAILABLE", 2)


def test_a_change_set_without_changes_fails_after_its_delay(stack: Stacks, emulator: Emulator) -> None:
    change_set = stack.change_set("s", TWO)
    found = stack.api.describe_change_set(ChangeSetName=change_set)
    assert (found["Status"], found.get("StatusReason")) == ("CREATE_IN_PROGRESS", None)
    emulator.advance(10)
    found = stack.api.describe_change_set(ChangeSetName=change_set)
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in found["StatusReason"]


def test_an_execution_is_in_progress_for_its_delay(aws: Aws, stacks: Stacks, emulator: Emulator) -> None:
    """API model, ExecutionStatus."""
    change_set = stacks.change_set("s", TWO, "CREATE")
    emulator.advance(10)
    stacks.api.execute_change_set(ChangeSetName=change_set)
    seen = []
    for seconds in (1, 30, 30, 30):
        emulator.advance(seconds)
        found = stacks.api.describe_change_set(ChangeSetName=change_set)
        seen.append((stacks.status("s"), found["ExecutionStatus"], names(aws), list(stacks.resources("s"))))
    assert seen == [
        ("CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", [], []),
        ("CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", ["a"], ["A"]),
        ("CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", ["a", "b"], ["A", "B"]),
        ("CREATE_COMPLETE", "EXECUTE_COMPLETE", ["a", "b"], ["A", "B"]),
    ]


def test_events_appear_when_they_happen(stacks: Stacks, emulator: Emulator) -> None:
    stacks.create("s", TWO)
    emulator.advance(31)
    events = stacks.api.describe_stack_events(StackName="s")["StackEvents"]
    assert [(each["LogicalResourceId"], each["ResourceStatus"]) for each in reversed(events)] == [
        ("s", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_COMPLETE"),
        ("B", "CREATE_IN_PROGRESS"),
    ]


def test_a_busy_stack_cannot_be_updated(stack: Stacks, emulator: Emulator, refused: Refused) -> None:
    """User guide, "Stack status codes"; https://github.com/org-formation/org-formation-cli/issues/455."""
    stack.update("s", CHANGED)
    for call in (stack.update, stack.change_set):
        with refused("ValidationError", match="is in UPDATE_IN_PROGRESS state and can not be updated"):
            call("s", TWO)
    emulator.advance(90)
    assert stack.status("s") == "UPDATE_COMPLETE"
    stack.update("s", TWO)


def test_a_change_set_of_a_busy_stack_cannot_be_executed(stack: Stacks, emulator: Emulator, refused: Refused) -> None:
    """API model, InvalidChangeSetStatusException: "or the stack status might be UPDATE_IN_PROGRESS"."""
    change_set = stack.change_set("s", CHANGED)
    emulator.advance(10)
    stack.update("s", {"A": TWO["A"]})
    with refused("InvalidChangeSetStatus", match="UPDATE_IN_PROGRESS"):
        stack.api.execute_change_set(ChangeSetName=change_set)


def test_a_change_set_is_executed_once(stack: Stacks, emulator: Emulator, refused: Refused) -> None:
    change_set = stack.change_set("s", CHANGED)
    emulator.advance(10)
    stack.api.execute_change_set(ChangeSetName=change_set)
    for call in (stack.api.execute_change_set, stack.api.delete_change_set):
        with refused("InvalidChangeSetStatus", match="EXECUTE_IN_PROGRESS"):
            call(ChangeSetName=change_set)


def test_an_update_cleans_up_before_it_is_complete(stack: Stacks, emulator: Emulator) -> None:
    """User guide, "Stack status codes", UPDATE_COMPLETE_CLEANUP_IN_PROGRESS."""
    stack.update("s", {"A": secret("a", "new")})
    emulator.advance(91)
    assert stack.status("s") == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    emulator.advance(45)
    assert stack.status("s") == "UPDATE_COMPLETE"


def test_a_creation_that_fails_half_way_rolls_back(aws: Aws, stacks: Stacks, emulator: Emulator) -> None:
    """User guide, "Stack failure options"."""
    emulator.fail_resource(SECRET, "B", message="no luck")
    change_set = stacks.change_set("s", TWO, "CREATE")
    emulator.advance(10)
    stacks.api.execute_change_set(ChangeSetName=change_set)
    seen = []
    for seconds in (31, 30, 30):
        emulator.advance(seconds)
        found = stacks.api.describe_change_set(ChangeSetName=change_set)
        seen.append((stacks.status("s"), found["ExecutionStatus"], names(aws)))
    assert seen == [
        ("CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", ["a"]),
        ("ROLLBACK_IN_PROGRESS", "EXECUTE_IN_PROGRESS", ["a"]),
        ("ROLLBACK_COMPLETE", "EXECUTE_FAILED", []),
    ]
    assert "no luck" in stacks.reasons("s")


def test_an_update_that_fails_half_way_rolls_back(aws: Aws, stack: Stacks, emulator: Emulator) -> None:
    """User guide, "Stack status codes", UPDATE_ROLLBACK_COMPLETE."""
    emulator.fail_resource(SECRET, "B")
    stack.update("s", CHANGED)
    emulator.advance(31)
    assert text(aws, "a") == "new"
    emulator.advance(200)
    assert text(aws, "a") == ""
    assert told(stack) == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    stack.update("s", CHANGED)
    emulator.advance(90)
    assert (stack.status("s"), text(aws, "a")) == ("UPDATE_COMPLETE", "new")


@pytest.fixture
def failed(stack: Stacks, emulator: Emulator) -> Stacks:
    """The same stack, whose update failed at B and could not be undone at A."""
    emulator.fail_resource(SECRET, "B")
    emulator.fail_rollback(SECRET, "A")
    stack.update("s", CHANGED)
    emulator.advance(200)
    assert stack.status("s") == "UPDATE_ROLLBACK_FAILED"
    return stack


def test_a_rollback_that_fails_leaves_a_stack_that_cannot_be_updated(failed: Stacks, refused: Refused) -> None:
    """User guide, "Stack status codes", UPDATE_ROLLBACK_FAILED."""
    found = failed.api.describe_stack_resources(StackName="s")["StackResources"]
    assert {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}["A"] == "UPDATE_FAILED"
    for call in (failed.update, failed.change_set):
        with refused("ValidationError", match="UPDATE_ROLLBACK_FAILED state and can not be updated"):
            call("s", CHANGED)


def test_a_failed_rollback_is_continued(aws: Aws, failed: Stacks, emulator: Emulator) -> None:
    """API reference, ContinueUpdateRollback: "you can return your stack to a working state"."""
    assert text(aws, "a") == "new"
    failed.api.continue_update_rollback(StackName="s")
    assert failed.status("s") == "UPDATE_ROLLBACK_IN_PROGRESS"
    emulator.advance(90)
    assert (failed.status("s"), text(aws, "a")) == ("UPDATE_ROLLBACK_COMPLETE", "")
    failed.update("s", CHANGED)


def test_a_continued_rollback_may_fail_again(failed: Stacks, emulator: Emulator) -> None:
    emulator.fail_rollback(SECRET)
    failed.api.continue_update_rollback(StackName="s")
    emulator.advance(90)
    assert failed.status("s") == "UPDATE_ROLLBACK_FAILED"


@pytest.mark.parametrize("how", [{"ResourcesToSkip": ["A"]}, {"ForceRollback": True}])
def test_a_resource_that_is_skipped_stays_as_it_is(aws: Aws, failed: Stacks, emulator: Emulator, how: Any) -> None:
    """The same page, ResourcesToSkip and ForceRollback: "CloudFormation sets the status … to UPDATE_COMPLETE"."""
    failed.api.continue_update_rollback(StackName="s", **how)
    emulator.advance(90)
    assert (failed.status("s"), text(aws, "a")) == ("UPDATE_ROLLBACK_COMPLETE", "new")
    found = failed.api.describe_stack_resources(StackName="s")["StackResources"]
    assert {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}["A"] == "UPDATE_COMPLETE"


def test_only_what_failed_can_be_skipped(failed: Stacks, refused: Refused) -> None:
    """The same page: "You can specify only resources that are in the UPDATE_FAILED state"."""
    for how in ({"ResourcesToSkip": ["B"]}, {"ResourcesToSkip": ["A"], "ForceRollback": True}):
        with refused("ValidationError"):
            failed.api.continue_update_rollback(StackName="s", **how)
    assert failed.status("s") == "UPDATE_ROLLBACK_FAILED"


def test_only_a_failed_rollback_is_continued(stack: Stacks, refused: Refused) -> None:
    with refused("ValidationError", match="CREATE_COMPLETE"):
        stack.api.continue_update_rollback(StackName="s")


def test_a_deletion_removes_what_a_failed_rollback_of_a_creation_left(
    aws: Aws, stacks: Stacks, emulator: Emulator
) -> None:
    """User guide, "Stack status codes", ROLLBACK_FAILED: "Delete the stack"."""
    emulator.fail_resource(SECRET, "B")
    emulator.fail_rollback(SECRET, "A")
    stacks.create("s", TWO)
    emulator.advance(200)
    assert (stacks.status("s"), names(aws)) == ("ROLLBACK_FAILED", ["a"])
    stacks.api.delete_stack(StackName="s")
    emulator.advance(90)
    assert names(aws) == []


def test_a_deletion_is_in_progress_for_its_delay(aws: Aws, stack: Stacks, emulator: Emulator, refused: Refused) -> None:
    """API reference, DeleteStack: "Once the call completes successfully, stack deletion starts"."""
    stack.api.delete_stack(StackName="s")
    assert (stack.status("s"), names(aws)) == ("DELETE_IN_PROGRESS", ["a", "b"])
    stack.api.delete_stack(StackName="s")
    with refused("ValidationError", match="DELETE_IN_PROGRESS state and can not be updated"):
        stack.update("s", CHANGED)
    with refused("AlreadyExistsException"):
        stack.create("s", TWO)
    emulator.advance(90)
    assert names(aws) == []
    with refused("ValidationError", match="does not exist"):
        stack.status("s")


def test_a_stack_is_not_deleted_while_it_is_updated(stack: Stacks, refused: Refused) -> None:
    stack.update("s", CHANGED)
    with refused("ValidationError", match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        stack.api.delete_stack(StackName="s")


def test_a_stack_that_is_deleted_while_it_is_created_leaves_nothing(
    aws: Aws, stacks: Stacks, emulator: Emulator
) -> None:
    stacks.create("s", TWO)
    emulator.advance(31)
    assert names(aws) == ["a"]
    stacks.api.delete_stack(StackName="s")
    emulator.advance(200)
    assert names(aws) == []
    assert stacks.api.describe_stacks()["Stacks"] == []
