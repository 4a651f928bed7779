"""Change sets: which may be created, executed and deleted, and when; and their operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from bootstrap.emulator.cloudformation import stacks
from bootstrap.emulator.cloudformation.deployment import RETAINED, changes
from bootstrap.emulator.cloudformation.operation import configure, operation, submission_of
from bootstrap.emulator.cloudformation.stack import parameter_list, tag_list
from bootstrap.emulator.cloudformation.template import error, validation
from bootstrap.emulator.cloudformation.types import type_of
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence
    from datetime import datetime

    from bootstrap.emulator.cloudformation.deployment import Change, Deployment
    from bootstrap.emulator.cloudformation.operation import Ask
    from bootstrap.emulator.cloudformation.stack import Stack, Submission
    from bootstrap.emulator.cloudformation.stacks import Backend

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
EXECUTED = {"EXECUTE_COMPLETE", "EXECUTE_FAILED"}


@dataclass(eq=False)
class ChangeSet:
    """The changes of a submitted template, kept until they are executed."""

    name: str
    stack: Stack
    submission: Submission
    changes: list[Change]
    description: str | None
    capabilities: list[str]
    failure: str | None
    id: str = field(init=False)
    execution_status: str = "UNAVAILABLE"
    creation_time: datetime = field(init=False)
    ready: bool = False
    """Whether CloudFormation has compared the templates; it answers no changes before."""

    def __post_init__(self) -> None:
        self.creation_time = self.stack.timestamp()
        account_id, region = self.stack.place
        identity = f"changeSet/{self.name}/{mock_random.uuid4()}"
        self.id = f"arn:{self.stack.place.partition}:cloudformation:{region}:{account_id}:{identity}"

    def become_ready(self) -> None:
        self.ready = True
        if not self.failure:
            self.execution_status = "AVAILABLE"

    @property
    def status(self) -> str:
        if not self.ready:
            return "CREATE_IN_PROGRESS"
        return "FAILED" if self.failure else "CREATE_COMPLETE"


@operation("create_change_set")
def create_change_set(backend: Backend, ask: Ask) -> dict[str, Any]:
    name, kind = ask("ChangeSetName"), ask("ChangeSetType", "UPDATE")
    stack = _stack_for(backend, ask("StackName"), kind, name)
    if any(each.name == name and each.execution_status not in EXECUTED for each in _of(backend, stack)):
        raise error("AlreadyExistsException", f"ChangeSet {name} already exists")
    submission = submission_of(ask, stack)
    ready = stacks.prepare(backend, stack, submission)
    given = ask("Capabilities", [])
    stacks.check_capabilities(ready.template, given)
    owned = stacks.owned_ids(backend)
    found = changes(stack, ready, owned)
    failure = (
        _only_imports(kind, found)
        or _unimportable(stack, ready, submission, owned)
        or _unprotected(ready, found)
        or (None if stacks.differs(backend, stack, submission) else NO_CHANGES)
    )
    made = ChangeSet(name, stack, submission, found, ask("Description"), list(given), failure)
    if stack.stack_id not in backend.stacks:
        backend.stacks[stack.stack_id] = stack
        stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
    backend.change_sets[made.id] = made
    # API reference, CreateChangeSet: "CloudFormation takes time to create the change set". Until then its Status is
    # CREATE_IN_PROGRESS, and it cannot be executed.
    CURRENT.scheduler.after(CURRENT.profile.delays.change_set.pick(CURRENT.random), made.become_ready)
    configure(stack, ask)
    return {"Id": made.id, "StackId": stack.stack_id}


@operation("describe_change_set")
def describe_change_set(backend: Backend, ask: Ask) -> dict[str, Any]:
    found = get(backend, ask("ChangeSetName"), ask("StackName"))
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
        "StatusReason": found.failure if found.ready else None,
        "Capabilities": found.capabilities,
        "Tags": tag_list(found.submission.tags),
        "Changes": [_described(each) for each in found.changes if found.ready],
        "ImportExistingResources": found.submission.import_existing,
    }


@operation("execute_change_set")
def execute_change_set(backend: Backend, ask: Ask) -> None:
    change_set = get(backend, ask("ChangeSetName"), ask("StackName"))
    stack = change_set.stack
    if change_set.execution_status == "UNAVAILABLE":
        raise _wrong_status(change_set, "executed", change_set.status)
    if change_set.execution_status != "AVAILABLE":
        raise _wrong_status(change_set, "executed", change_set.execution_status)
    if stacks.is_busy(stack):
        raise _wrong_status(change_set, "executed", stack.status)
    ready = stacks.prepare(backend, stack, change_set.submission)
    # API reference, ExecuteChangeSet: it deletes the other change sets of the stack, "because they aren't valid for the
    # updated stack".
    for other in _of(backend, stack):
        if other is not change_set:
            del backend.change_sets[other.id]
    stack.updated = stack.timestamp()
    stacks.begin(stack, _execute(backend, change_set, ready), len(ready.logical_ids))


@operation("delete_change_set")
def delete_change_set(backend: Backend, ask: Ask) -> None:
    change_set = get(backend, ask("ChangeSetName"), ask("StackName"))
    if not change_set.ready:
        raise _wrong_status(change_set, "deleted", change_set.status)
    if change_set.execution_status == "EXECUTE_IN_PROGRESS":
        raise _wrong_status(change_set, "deleted", change_set.execution_status)
    del backend.change_sets[change_set.id]


def get(backend: Backend, name_or_id: str, stack_name: str | None) -> ChangeSet:
    """The change set with this id, or the latest one with this name in a stack."""
    found = backend.change_sets.get(name_or_id)
    stack = stacks.find(backend, stack_name) if stack_name else None
    if found is None and stack is not None:
        found = next((each for each in reversed(_of(backend, stack)) if each.name == name_or_id), None)
    if found is None:
        raise error("ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist")
    return found


def _stack_for(backend: Backend, stack_name: str, kind: str, name: str) -> Stack:
    """The stack to create or to update."""
    stack = stacks.find(backend, stack_name)
    if kind == "UPDATE" or (kind == "IMPORT" and stack is not None and stack.status != "REVIEW_IN_PROGRESS"):
        if stack is None:
            raise validation(f"Stack [{stack_name}] does not exist")
        stacks.check_updatable(stack)
    elif stack is None or stack.status == "DELETE_COMPLETE":
        return stacks.new_stack(backend, stack_name)
    elif stack.status != "REVIEW_IN_PROGRESS":
        message = f"Stack [{stack_name}] already exists and cannot be created again with the changeSet [{name}]."
        raise validation(message)
    return stack


def _execute(backend: Backend, change_set: ChangeSet, ready: Deployment) -> Generator[None]:
    change_set.execution_status = "EXECUTE_IN_PROGRESS"
    yield from stacks.deploy(backend, change_set.stack, ready)
    done = change_set.stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
    change_set.execution_status = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"


def _wrong_status(change_set: ChangeSet, to_be: str, status: str) -> Exception:
    """API model, InvalidChangeSetStatusException: "the change set status might be CREATE_IN_PROGRESS, or the stack
    status might be UPDATE_IN_PROGRESS".
    """
    message = f"ChangeSet [{change_set.id}] cannot be {to_be} in its current status of [{status}]"
    return error("InvalidChangeSetStatus", message)


def _of(backend: Backend, stack: Stack) -> list[ChangeSet]:
    return [each for each in backend.change_sets.values() if each.stack is stack]


def _only_imports(kind: str, found: Sequence[Change]) -> str | None:
    """User guide, "Import AWS resources into a CloudFormation stack": an import changes nothing else."""
    others = [each.logical_id for each in found if each.action != "Import"]
    if kind != "IMPORT" or not others:
        return None
    return f"As part of the import operation, you cannot modify or add [{', '.join(others)}]"


def _unimportable(stack: Stack, ready: Deployment, submission: Submission, owned: Collection[str]) -> str | None:
    """The same page: the resource exists, and is in no other stack."""
    for logical_id, physical_id in submission.imports.items():
        definition = ready.definition(logical_id)
        known = type_of(definition["Type"])
        name = known.custom_name(definition.get("Properties", {}))
        if name is None or known.find(stack.place, name) != physical_id:
            return f"Resource {physical_id} to import as {logical_id} does not exist"
        if physical_id in owned:
            return f"Resource {physical_id} already exists in a stack"
    return None


def _unprotected(ready: Deployment, found: Sequence[Change]) -> str | None:
    """User guide, "Import AWS resources into a CloudFormation stack automatically", requirements."""
    names = [
        each.logical_id
        for each in found
        if each.action == "Import" and ready.definition(each.logical_id).get("DeletionPolicy") not in RETAINED
    ]
    if not names:
        return None
    return (
        "CloudFormation is attempting to import some resources because they already exist in your account. "
        "The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in "
        f"the template for successful import. The affected resources are {', '.join(names)}"
    )


def _described(change: Change) -> dict[str, Any]:
    described = {
        "Action": change.action,
        "LogicalResourceId": change.logical_id,
        "PhysicalResourceId": change.physical_id,
        "ResourceType": change.type_name,
        "Details": [],
        "Scope": ["Properties"] if change.action == "Modify" else [],
    }
    if change.action == "Modify":
        described["Replacement"] = "True" if change.replacement else "False"
    return {"Type": "Resource", "ResourceChange": described}
