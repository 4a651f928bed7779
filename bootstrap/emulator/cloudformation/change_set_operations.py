"""The operations on change sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.emulator.cloudformation import change_sets, stacks
from bootstrap.emulator.cloudformation.answers import change_answer, parameter_list, tag_list
from bootstrap.emulator.cloudformation.operation import configure, operation, submission_of

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.operation import Ask
    from bootstrap.emulator.cloudformation.stacks import Backend


@operation("create_change_set")
def create_change_set(backend: Backend, ask: Ask) -> dict[str, Any]:
    name, stack_name = ask("ChangeSetName"), ask("StackName")
    kind = ask("ChangeSetType", "UPDATE")
    submission = submission_of(ask, stacks.find(backend, stack_name))
    given = ask("Capabilities", [])
    change_set = change_sets.create(backend, stack_name, name, kind=kind, submission=submission, given=given)
    change_set.description = ask("Description")
    configure(change_set.stack, ask)
    return {"Id": change_set.id, "StackId": change_set.stack.stack_id}


@operation("describe_change_set")
def describe_change_set(backend: Backend, ask: Ask) -> dict[str, Any]:
    found = change_sets.get(backend, ask("ChangeSetName"), ask("StackName"))
    return {
        "ChangeSetName": found.name,
        "ChangeSetId": found.id,
        "StackId": found.stack.stack_id,
        "StackName": found.stack.name,
        "Description": found.description,
        "Parameters": parameter_list(found.submission.parameters),
        "CreationTime": found.creation_time,
        "ExecutionStatus": found.execution_status,
        "Status": found.status,
        "StatusReason": found.reason,
        "Capabilities": found.capabilities,
        "Tags": tag_list(found.submission.tags),
        "Changes": [change_answer(each) for each in found.changes if found.ready],
        "ImportExistingResources": found.submission.import_existing,
    }


@operation("execute_change_set")
def execute_change_set(backend: Backend, ask: Ask) -> None:
    change_sets.execute(backend, change_sets.get(backend, ask("ChangeSetName"), ask("StackName")))


@operation("delete_change_set")
def delete_change_set(backend: Backend, ask: Ask) -> None:
    change_sets.delete(backend, change_sets.get(backend, ask("ChangeSetName"), ask("StackName")))


@operation("list_change_sets")
def list_change_sets(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    found = [each for each in backend.change_sets.values() if each.stack is stack]
    return {
        "Summaries": [
            {
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "ChangeSetId": each.id,
                "ChangeSetName": each.name,
                "ExecutionStatus": each.execution_status,
                "Status": each.status,
                "StatusReason": each.reason,
                "CreationTime": each.creation_time,
                "Description": each.description,
            }
            for each in found
        ]
    }
