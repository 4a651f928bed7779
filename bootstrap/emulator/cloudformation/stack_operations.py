"""The operations on stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import CloudFormationBackend

from bootstrap.emulator.cloudformation import change_sets, engine, stacks
from bootstrap.emulator.cloudformation.operation import configure, operation, page_of, submission_of
from bootstrap.emulator.cloudformation.stack import Event, Stack, Submission
from bootstrap.emulator.cloudformation.template import error, validation
from bootstrap.emulator.patching import replaces

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.operation import Ask
    from bootstrap.emulator.cloudformation.stacks import Backend


@operation("create_stack")
def create_stack(backend: Backend, ask: Ask) -> dict[str, Any]:
    if stacks.find(backend, ask("StackName")):
        raise error("AlreadyExistsException", f"Stack [{ask('StackName')}] already exists")
    stack = stacks.new_stack(backend, ask("StackName"))
    submission = submission_of(ask, stack)
    stacks.check_capabilities(stacks.prepare(backend, stack, submission).template, ask("Capabilities", []))
    configure(stack, ask)
    stack.enable_termination_protection = bool(ask("EnableTerminationProtection"))
    return {"StackId": stacks.create(backend, stack, submission).stack_id}


@operation("update_stack")
def update_stack(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    submission = submission_of(ask, stack)
    stacks.check_updatable(stack)
    ready = stacks.prepare(backend, stack, submission)
    stacks.check_capabilities(ready.template, ask("Capabilities", []))
    if not stacks.differs(backend, stack, submission):
        raise validation("No updates are to be performed.")
    stack.updated = stack.timestamp()
    stacks.begin(stack, stacks.deploy(backend, stack, ready), len(ready.logical_ids))
    configure(stack, ask)
    return {"StackId": stack.stack_id}


@operation("delete_stack")
def delete_stack(backend: Backend, ask: Ask) -> None:
    """A missing stack is no error on AWS."""
    stack = stacks.find(backend, ask("StackName"))
    if stack is not None and stack.status != "DELETE_COMPLETE":
        stacks.delete(backend, stack, ask("RetainResources", []))


@operation("continue_update_rollback", new=True)
def continue_update_rollback(backend: Backend, ask: Ask) -> None:
    """API reference, ContinueUpdateRollback: only a stack in UPDATE_ROLLBACK_FAILED continues its rollback."""
    stack, skipped = stacks.get(backend, ask("StackName")), set(ask("ResourcesToSkip", []))
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise validation(f"Stack:{stack.stack_id} is in {stack.status} state and can not continue to roll back.")
    stuck = {each.resource.logical_id for each in stack.not_rolled_back}
    if ask("ForceRollback") and skipped:
        raise validation("ForceRollback and ResourcesToSkip are mutually exclusive.")
    if wrong := ", ".join(sorted(skipped - stuck)):
        raise validation(f"[{wrong}] are not in UPDATE_FAILED state and cannot be skipped.")
    stacks.begin(stack, engine.continue_rollback(stack, stuck if ask("ForceRollback") else skipped), len(stuck))


@operation("update_termination_protection", new=True)
def update_termination_protection(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    stack.enable_termination_protection = bool(ask("EnableTerminationProtection"))
    return {"StackId": stack.stack_id}


@operation("describe_stacks")
def describe_stacks(backend: Backend, ask: Ask) -> dict[str, Any]:
    name = ask("StackName")
    found = [stacks.get(backend, name)] if name else list(backend.stacks.values())
    return page_of("Stacks", found, Stack.described, ask)


@operation("list_stacks")
def list_stacks(backend: Backend, ask: Ask) -> dict[str, Any]:
    wanted = ask("StackStatusFilter", [])
    every = [*backend.stacks.values(), *backend.deleted_stacks.values()]
    found = [stack for stack in every if not wanted or stack.status in wanted]
    return page_of("StackSummaries", found, Stack.described, ask)


@operation("list_stack_resources")
def list_stack_resources(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    return page_of("StackResourceSummaries", [*stack.resources.values()], stack.described_resource, ask)


@operation("describe_stack_resources")
def describe_stack_resources(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    wanted = ask("LogicalResourceId")
    found = [each for each in stack.resources.values() if wanted in {None, each.logical_id}]
    return {"StackResources": [stack.described_resource(each) for each in found]}


@operation("describe_stack_events")
def describe_stack_events(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    return page_of("StackEvents", stack.events[::-1], Event.described, ask)


@operation("get_template")
def get_template(backend: Backend, ask: Ask) -> dict[str, Any]:
    name, stack_name = ask("ChangeSetName"), ask("StackName")
    if name:
        template = change_sets.get(backend, name, stack_name).submission.template
    else:
        template = stacks.get(backend, stack_name).template
    return {"TemplateBody": template, "StagesAvailable": ["Original", "Processed"]}


# moto's stack sets create and delete their stacks with these.
@replaces(CloudFormationBackend, "create_stack")
def _create_for_stack_set(
    backend: Backend, name: str, template: str, parameters: dict[str, str], **_rest: object
) -> Stack:
    return stacks.create(backend, stacks.new_stack(backend, name), Submission(template, parameters))


@replaces(CloudFormationBackend, "delete_stack")
def _delete_for_stack_set(backend: Backend, name_or_stack_id: str) -> None:
    stacks.delete(backend, stacks.get(backend, name_or_stack_id))
