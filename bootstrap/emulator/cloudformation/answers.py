"""Stacks, resources, events and changes in the form in which the API answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.changes import Change
    from bootstrap.emulator.cloudformation.resource_type import Resource
    from bootstrap.emulator.cloudformation.stack import Event, Stack


def stack_answer(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "Description": stack.description,
        "TemplateDescription": stack.description,
        "Parameters": parameter_list(stack.shown_parameters),
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
        "Tags": tag_list(stack.tags),
        "EnableTerminationProtection": stack.enable_termination_protection,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def resource_answer(stack: Stack, resource: Resource) -> dict[str, Any]:
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


def event_answer(event: Event) -> dict[str, Any]:
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


def change_answer(change: Change) -> dict[str, Any]:
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


def parameter_list(parameters: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
