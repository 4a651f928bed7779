"""The rules for change sets: which may be created, executed and deleted, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.emulator.cloudformation import capabilities, errors, stacks
from bootstrap.emulator.cloudformation.change_set import ChangeSet
from bootstrap.emulator.cloudformation.changes import RETAINED, changes
from bootstrap.emulator.cloudformation.types import type_of
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence

    from bootstrap.emulator.cloudformation.changes import Change
    from bootstrap.emulator.cloudformation.deployment import Deployment
    from bootstrap.emulator.cloudformation.stack import Stack, Submission
    from bootstrap.emulator.cloudformation.stacks import Backend

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


EXECUTED = {"EXECUTE_COMPLETE", "EXECUTE_FAILED"}


def create(  # noqa: PLR0913 (what the API asks for)
    backend: Backend, stack_name: str, name: str, *, kind: str, submission: Submission, given: Sequence[str]
) -> ChangeSet:
    stack = stacks.find(backend, stack_name)
    if kind == "CREATE" or (kind == "IMPORT" and (stack is None or stack.status == "REVIEW_IN_PROGRESS")):
        stack = _stack_to_create(backend, stack_name, stack, name)
    elif stack is None:
        message = f"Stack [{stack_name}] does not exist"
        raise errors.validation(message)
    else:
        stacks.check_updatable(stack)
    if any(each.name == name and each.execution_status not in EXECUTED for each in _of(backend, stack)):
        raise errors.error("AlreadyExistsException", f"ChangeSet {name} already exists")
    ready = stacks.prepare(backend, stack, submission)
    capabilities.check(ready.template, given)
    owned = stacks.owned_ids(backend) if submission.import_existing else None
    found = changes(stack, ready, owned, submission.imports)
    failure = (
        _only_imports(kind, found)
        or _unimportable(stack, ready, submission, stacks.owned_ids(backend))
        or _unprotected(ready, found)
        or (None if stacks.differs(backend, stack, submission) else NO_CHANGES)
    )
    change_set = ChangeSet(name, kind, stack, submission, found, capabilities=list(given), failure=failure)
    if stack.stack_id not in backend.stacks:
        backend.stacks[stack.stack_id] = stack
        stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
    backend.change_sets[change_set.id] = change_set
    # API reference, CreateChangeSet: "CloudFormation takes time to create the change set". Until then its Status is
    # CREATE_IN_PROGRESS, and it cannot be executed.
    CURRENT.scheduler.after(CURRENT.profile.delays.change_set.pick(CURRENT.random), change_set.become_ready)
    return change_set


def get(backend: Backend, name_or_id: str, stack_name: str | None) -> ChangeSet:
    """The change set with this id, or the latest one with this name in a stack."""
    found = backend.change_sets.get(name_or_id)
    if found is None and stack_name:
        stack = stacks.find(backend, stack_name)
        named = [each for each in backend.change_sets.values() if each.name == name_or_id]
        found = next((each for each in reversed(named) if each.stack is stack), None)
    if found is None:
        raise errors.error("ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist")
    return found


def execute(backend: Backend, change_set: ChangeSet) -> None:
    stack, submission = change_set.stack, change_set.submission
    if change_set.execution_status == "UNAVAILABLE":
        raise _wrong_status(change_set, "executed", change_set.status)
    if change_set.execution_status != "AVAILABLE":
        raise _wrong_status(change_set, "executed", change_set.execution_status)
    if stacks.is_busy(stack):
        raise _wrong_status(change_set, "executed", stack.status)
    ready = stacks.prepare(backend, stack, submission)
    # API reference, ExecuteChangeSet: it deletes the other change sets of the stack, "because they aren't valid for the
    # updated stack".
    for other in _of(backend, stack):
        if other is not change_set:
            del backend.change_sets[other.id]
    stack.updated = stack.timestamp()
    stacks.begin(stack, _execute(backend, change_set, ready), len(ready.logical_ids))


def _execute(backend: Backend, change_set: ChangeSet, ready: Deployment) -> Generator[None]:
    change_set.execution_status = "EXECUTE_IN_PROGRESS"
    yield from stacks.deploy(backend, change_set.stack, change_set.submission, ready)
    done = change_set.stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
    change_set.execution_status = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"


def delete(backend: Backend, change_set: ChangeSet) -> None:
    if not change_set.ready:
        raise _wrong_status(change_set, "deleted", change_set.status)
    if change_set.execution_status == "EXECUTE_IN_PROGRESS":
        raise _wrong_status(change_set, "deleted", change_set.execution_status)
    del backend.change_sets[change_set.id]


def _wrong_status(change_set: ChangeSet, to_be: str, status: str) -> Exception:
    """API model, InvalidChangeSetStatusException: "the change set status might be CREATE_IN_PROGRESS, or the stack
    status might be UPDATE_IN_PROGRESS".
    """
    message = f"ChangeSet [{change_set.id}] cannot be {to_be} in its current status of [{status}]"
    return errors.error("InvalidChangeSetStatus", message)


def _stack_to_create(backend: Backend, stack_name: str, stack: Stack | None, name: str) -> Stack:
    if stack is None or stack.status == "DELETE_COMPLETE":
        return stacks.new_stack(backend, stack_name)
    if stack.status != "REVIEW_IN_PROGRESS":
        message = f"Stack [{stack_name}] already exists and cannot be created again with the changeSet [{name}]."
        raise errors.validation(message)
    return stack


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
