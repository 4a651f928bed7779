"""The rules for stacks: which may be created, updated and deleted, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from moto.cloudformation.parsing import Export

from bootstrap.emulator.cloudformation import engine
from bootstrap.emulator.cloudformation.deployment import Deployment, changes
from bootstrap.emulator.cloudformation.resource_type import Place
from bootstrap.emulator.cloudformation.stack import Stack
from bootstrap.emulator.cloudformation.template import error, validation
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from bootstrap.emulator.cloudformation.change_sets import ChangeSet
    from bootstrap.emulator.cloudformation.stack import Submission
    from bootstrap.emulator.cloudformation.template import Template

# API reference, CreateStack, Capabilities: the types, and the property with the custom name of each.
_IAM_TYPES = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}


class Backend(Protocol):
    """moto's CloudFormationBackend, with the stacks of this package."""

    account_id: str
    region_name: str
    stacks: dict[str, Stack]
    deleted_stacks: dict[str, Stack]
    change_sets: dict[str, ChangeSet]
    exports: dict[str, Export]


def new_stack(backend: Backend, name: str) -> Stack:
    """A stack that is not in the backend yet: the request may still fail."""
    return Stack(name, Place(backend.account_id, backend.region_name))


def find(backend: Backend, name_or_id: str) -> Stack | None:
    """The stack with this id, or the one with this name that is not deleted."""
    found = backend.stacks.get(name_or_id) or backend.deleted_stacks.get(name_or_id)
    return found or next((stack for stack in backend.stacks.values() if stack.name == name_or_id), None)


def get(backend: Backend, name_or_id: str) -> Stack:
    stack = find(backend, name_or_id)
    if stack is None:
        raise validation(f"Stack with id {name_or_id} does not exist")
    return stack


def is_busy(stack: Stack) -> bool:
    """Whether an operation is in progress. REVIEW_IN_PROGRESS is none: the stack waits for its first change set."""
    return stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS"


def create(backend: Backend, stack: Stack, submission: Submission) -> Stack:
    """Start to create a stack. Raise ValidationError before, if the request itself is not valid."""
    ready = prepare(backend, stack, submission)
    backend.stacks[stack.stack_id] = stack
    begin(stack, deploy(backend, stack, ready), len(ready.logical_ids))
    return stack


def delete(backend: Backend, stack: Stack, retained: Collection[str] = ()) -> None:
    if stack.enable_termination_protection:
        raise validation(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.status == "DELETE_IN_PROGRESS":
        return
    if is_busy(stack) and stack.status != "CREATE_IN_PROGRESS":
        raise validation(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
    begin(stack, _delete(backend, stack, retained), len(stack.resources))


def _delete(backend: Backend, stack: Stack, retained: Collection[str]) -> Generator[None]:
    yield from engine.destroy(stack, retained)
    if stack.status == "DELETE_COMPLETE":
        backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)
        _export(backend, stack, [])
        for change_set in [each for each in backend.change_sets.values() if each.stack is stack]:
            del backend.change_sets[change_set.id]


def deploy(backend: Backend, stack: Stack, ready: Deployment) -> Generator[None]:
    yield from engine.deploy(stack, ready, owned_ids(backend))
    _export(backend, stack, [output["ExportName"] for output in stack.outputs if output["ExportName"]])


def begin(stack: Stack, work: Generator[None], resources: int) -> None:
    """Start an operation on a stack, instead of one that is in progress: a deletion replaces a creation.

    The delay of the profile is shared evenly by the resources; a rollback or a clean-up adds to it.
    """
    if stack.work is not None:
        stack.work.close()
    stack.work = work
    seconds = CURRENT.profile.delays.stack.pick(CURRENT.random)
    CURRENT.scheduler.run_steps(work, seconds / (resources + 1))


def prepare(backend: Backend, stack: Stack, submission: Submission) -> Deployment:
    return Deployment(stack, submission, {name: export.value for name, export in backend.exports.items()})


def owned_ids(backend: Backend) -> set[str]:
    """The physical ids of all resources that are in a stack, which cannot be imported into another one."""
    return {each.physical_id for stack in backend.stacks.values() for each in stack.resources.values()}


def differs(backend: Backend, stack: Stack, submission: Submission) -> bool:
    """Whether CloudFormation finds a change in resources, outputs, tags or parameter values."""
    if stack.submission is None or stack.tags != submission.tags:
        return True
    ready, before = prepare(backend, stack, submission), prepare(backend, stack, stack.submission)
    return (
        ready.parameters != before.parameters
        or ready.template.get("Outputs") != before.template.get("Outputs")
        or bool(changes(stack, ready))
    )


def check_updatable(stack: Stack) -> None:
    """User guide, "Stack status codes": after ROLLBACK_COMPLETE "only a delete operation can be performed". A stack
    with an operation in progress cannot be updated either.
    """
    if stack.status.endswith("_IN_PROGRESS") or stack.status in {
        "CREATE_FAILED",
        "DELETE_COMPLETE",
        "DELETE_FAILED",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_FAILED",
    }:
        raise validation(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def check_capabilities(template: Template, given: Iterable[str]) -> None:
    resources = [each for each in template["Resources"].values() if each.get("Type") in _IAM_TYPES]
    named = [each for each in resources if _IAM_TYPES[each["Type"]] in each.get("Properties", {})]
    enough = {"CAPABILITY_NAMED_IAM"} if named else {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}
    if resources and not enough & set(given):
        needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
        raise error("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def _export(backend: Backend, stack: Stack, names: list[str]) -> None:
    for name in [name for name, each in backend.exports.items() if each.exporting_stack_id == stack.stack_id]:
        del backend.exports[name]
    for output in stack.outputs:
        if output["ExportName"] in names:
            backend.exports[output["ExportName"]] = Export(stack.stack_id, output["ExportName"], output["OutputValue"])
