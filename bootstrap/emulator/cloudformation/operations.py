"""How the API's requests reach our stacks, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from bootstrap.emulator.cloudformation import capabilities, change_sets, errors, stacks
from bootstrap.emulator.cloudformation.stack import Submission
from bootstrap.emulator.limits import STACKS_PER_PAGE
from bootstrap.emulator.patching import adds, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bootstrap.emulator.cloudformation.changes import Change
    from bootstrap.emulator.cloudformation.resource_type import Resource
    from bootstrap.emulator.cloudformation.stack import Event, Stack
    from bootstrap.emulator.cloudformation.stacks import Backend

    Ask = Callable[..., Any]
    Operation = Callable[[Backend, Ask], dict[str, Any] | None]

Item = TypeVar("Item")


def operation(name: str, *, new: bool = False) -> Callable[[Operation], Operation]:
    """Make the decorated function answer the operation of this (snake_case) name, which may be `new` to moto."""
    put = adds if new else replaces

    def register(answer: Operation) -> Operation:
        def respond(response: Any) -> ActionResult | EmptyResult:
            ask = response._get_param  # noqa: SLF001 (moto's way)

            def asked(parameter: str, default: object = None) -> object:
                if parameter == "TemplateBody" and ask("TemplateURL"):
                    return response._get_stack_from_s3_url(ask("TemplateURL"))  # noqa: SLF001 (moto's way)
                return ask(parameter, default)

            result = answer(response.cloudformation_backend, asked)
            return EmptyResult() if result is None else ActionResult(result)

        put(CloudFormationResponse, name)(respond)
        return answer

    return register


@operation("create_stack")
def create_stack(backend: Backend, ask: Ask) -> dict[str, Any]:
    if stacks.find(backend, ask("StackName")):
        raise errors.error("AlreadyExistsException", f"Stack [{ask('StackName')}] already exists")
    stack = stacks.new_stack(backend, ask("StackName"))
    submission = _submission(ask, stack)
    capabilities.check(stacks.prepare(backend, stack, submission).template, ask("Capabilities", []))
    _configure(stack, ask)
    stack.enable_termination_protection = bool(ask("EnableTerminationProtection"))
    return {"StackId": stacks.create(backend, stack, submission).stack_id}


@operation("update_stack")
def update_stack(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    stacks.update(backend, stack, _submission(ask, stack), ask("Capabilities", []))
    _configure(stack, ask)
    return {"StackId": stack.stack_id}


@operation("delete_stack")
def delete_stack(backend: Backend, ask: Ask) -> None:
    """Deleting what does not exist is no error on AWS."""
    stack = stacks.find(backend, ask("StackName"))
    if stack is not None and stack.status != "DELETE_COMPLETE":
        stacks.delete(backend, stack, ask("RetainResources", []))


@operation("continue_update_rollback", new=True)
def continue_update_rollback(backend: Backend, ask: Ask) -> None:
    stack = stacks.get(backend, ask("StackName"))
    stacks.continue_rollback(stack, ask("ResourcesToSkip", []), force=bool(ask("ForceRollback")))


@operation("update_termination_protection", new=True)
def update_termination_protection(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    stack.enable_termination_protection = bool(ask("EnableTerminationProtection"))
    return {"StackId": stack.stack_id}


@operation("describe_stacks")
def describe_stacks(backend: Backend, ask: Ask) -> dict[str, Any]:
    name = ask("StackName")
    found = [stacks.get(backend, name)] if name else list(backend.stacks.values())
    page, next_token = _page(found, ask)
    return {"Stacks": [_described(stack) for stack in page], **next_token}


@operation("list_stacks")
def list_stacks(backend: Backend, ask: Ask) -> dict[str, Any]:
    wanted = ask("StackStatusFilter", [])
    every = [*backend.stacks.values(), *backend.deleted_stacks.values()]
    page, next_token = _page([stack for stack in every if not wanted or stack.status in wanted], ask)
    return {"StackSummaries": [_described(stack) for stack in page], **next_token}


@operation("list_stack_resources")
def list_stack_resources(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    page, next_token = _page(list(stack.resources.values()), ask)
    return {"StackResourceSummaries": [_resource(stack, each) for each in page], **next_token}


@operation("describe_stack_resources")
def describe_stack_resources(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    wanted = ask("LogicalResourceId")
    found = [each for each in stack.resources.values() if wanted in {None, each.logical_id}]
    return {"StackResources": [_resource(stack, each) for each in found]}


@operation("describe_stack_resource")
def describe_stack_resource(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack, logical_id = stacks.get(backend, ask("StackName")), ask("LogicalResourceId")
    if logical_id not in stack.resources:
        message = f"Resource {logical_id} does not exist for stack {stack.name}"
        raise errors.validation(message)
    return {"StackResourceDetail": _resource(stack, stack.resources[logical_id])}


@operation("describe_stack_events")
def describe_stack_events(backend: Backend, ask: Ask) -> dict[str, Any]:
    stack = stacks.get(backend, ask("StackName"))
    page, next_token = _page(stack.events[::-1], ask)
    return {"StackEvents": [_event(each) for each in page], **next_token}


@operation("get_template")
def get_template(backend: Backend, ask: Ask) -> dict[str, Any]:
    name, stack_name = ask("ChangeSetName"), ask("StackName")
    if name:
        template = change_sets.get(backend, name, stack_name).submission.template
    else:
        template = stacks.get(backend, stack_name).template
    return {"TemplateBody": template, "StagesAvailable": ["Original", "Processed"]}


@operation("create_change_set")
def create_change_set(backend: Backend, ask: Ask) -> dict[str, Any]:
    name, stack_name = ask("ChangeSetName"), ask("StackName")
    kind = ask("ChangeSetType", "UPDATE")
    submission = _submission(ask, stacks.find(backend, stack_name))
    given = ask("Capabilities", [])
    change_set = change_sets.create(backend, stack_name, name, kind=kind, submission=submission, given=given)
    change_set.description = ask("Description")
    _configure(change_set.stack, ask)
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
        "Parameters": found.submission.parameters,
        "CreationTime": found.creation_time,
        "ExecutionStatus": found.execution_status,
        "Status": found.status,
        "StatusReason": found.reason,
        "Capabilities": found.capabilities,
        "Tags": _as_list(found.submission.tags),
        "Changes": [_change(each) for each in found.changes if found.ready],
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


@replaces(CloudFormationBackend, "create_stack")
def _create_for_stack_set(
    backend: Backend, name: str, template: str, parameters: dict[str, str], **_rest: object
) -> Stack:
    """Moto's stack sets make their stacks with this."""
    return stacks.create(backend, stacks.new_stack(backend, name), Submission(template, parameters))


@replaces(CloudFormationBackend, "delete_stack")
def _delete_for_stack_set(backend: Backend, name_or_stack_id: str) -> None:
    stacks.delete(backend, stacks.get(backend, name_or_stack_id))


def _submission(ask: Ask, stack: Stack | None) -> Submission:
    """Put together what the request says and what it leaves as it was."""
    had = stack.submission if stack else None
    tags = ask("Tags")
    return Submission(
        template=had.template if had and ask("UsePreviousTemplate") else ask("TemplateBody") or "",
        parameters={
            each["ParameterKey"]: (
                had.parameters[each["ParameterKey"]] if had and each.get("UsePreviousValue") else each["ParameterValue"]
            )
            for each in ask("Parameters", [])
        },
        # API reference, UpdateStack, Tags: "If you don't specify this parameter, CloudFormation doesn't
        # modify the stack's tags"; an empty list removes them.
        tags=had.tags if had and tags is None else {tag["Key"]: tag["Value"] for tag in tags or []},
        import_existing=bool(ask("ImportExistingResources")),
        # Each is identified by one value: its name or its ARN.
        imports={
            each["LogicalResourceId"]: next(iter(each["ResourceIdentifier"].values()))
            for each in ask("ResourcesToImport", [])
        },
        disable_rollback=bool(ask("DisableRollback")) or ask("OnFailure") == "DO_NOTHING",
    )


def _page(items: Sequence[Item], ask: Ask) -> tuple[Sequence[Item], dict[str, str]]:
    """The page that the NextToken of the request names, and the NextToken of the page after it."""
    token = ask("NextToken") or "0"
    if not token.isdigit():
        message = "NextToken is not valid."
        raise errors.validation(message)
    end = int(token) + STACKS_PER_PAGE
    return items[int(token) : end], {"NextToken": str(end)} if end < len(items) else {}


def _configure(stack: Stack, ask: Ask) -> None:
    stack.role_arn = ask("RoleARN") or stack.role_arn
    stack.notification_arns = ask("NotificationARNs") or stack.notification_arns
    stack.capabilities = ask("Capabilities") or stack.capabilities


def _described(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "Description": stack.description,
        "TemplateDescription": stack.description,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.shown_parameters.items()],
        "CreationTime": stack.creation_time,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.status_reason,
        "DisableRollback": False,
        "NotificationARNs": stack.notification_arns,
        "Capabilities": stack.capabilities,
        "Outputs": stack.outputs,
        "RoleARN": stack.role_arn,
        "Tags": stack.tags,  # moto makes the list of keys and values from it
        "EnableTerminationProtection": stack.enable_termination_protection,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def _resource(stack: Stack, resource: Resource) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type_name,
        "ResourceStatus": resource.status,
        "LastUpdatedTimestamp": resource.changed,
        "Timestamp": resource.changed,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "StackId": event.stack.stack_id,
        "StackName": event.stack.name,
        "EventId": event.id,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type_name,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "Timestamp": event.time,
    }


def _change(change: Change) -> dict[str, Any]:
    """Moto puts each into a Change of type Resource."""
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
    return described


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
