"""Rollback of a failed deployment, and clean-up of removed resources.

Each function is a generator that yields where AWS takes time.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: a failure rolls back to the
last stable state. The user guide's "Stack status codes" has the statuses, and what remains after ROLLBACK_FAILED and
UPDATE_ROLLBACK_FAILED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from bootstrap.emulator.cloudformation.resource_type import ResourceError
from bootstrap.emulator.cloudformation.types import type_of
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from bootstrap.emulator.cloudformation.resource_type import Resource
    from bootstrap.emulator.cloudformation.stack import Entry, Stack

FAILURES = (ResourceError, ServiceException, HTTPException)


def reason_of(problem: BaseException) -> str:
    return str(getattr(problem, "message", None) or problem)


def roll_back(stack: Stack, entries: Iterable[Entry], reason: str, *, creating: bool) -> Generator[None]:
    """Undo these entries in this order. What cannot be undone stays in the stack for another attempt."""
    prefix = "" if creating else "UPDATE_"
    stack.set_status(f"{prefix}ROLLBACK_IN_PROGRESS", reason)
    stack.not_rolled_back = []
    for entry in entries:
        if not (yield from _undo(stack, entry)):
            stack.not_rolled_back.append(entry)
    if creating:
        stack.resources = {each.resource.logical_id: each.resource for each in reversed(stack.not_rolled_back)}
    elif not stack.not_rolled_back:
        stack.set_status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    stack.set_status(f"{prefix}ROLLBACK_{'FAILED' if stack.not_rolled_back else 'COMPLETE'}")


def clean_up(
    stack: Stack, resources: Iterable[Resource], retaining: Collection[str]
) -> Generator[None, None, list[Resource]]:
    """Delete resources, except those with a DeletionPolicy in `retaining`. Return those that could not be deleted.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    failed = []
    for resource in resources:
        if resource.deletion_policy in retaining:
            stack.set_resource_status(resource, "DELETE_SKIPPED")
            continue
        stack.set_resource_status(resource, "DELETE_IN_PROGRESS")
        yield
        try:
            type_of(resource.type_name).delete(stack.place, resource)
        except FAILURES as problem:
            stack.set_resource_status(resource, "DELETE_FAILED", reason_of(problem))
            failed.append(resource)
        else:
            stack.set_resource_status(resource, "DELETE_COMPLETE")
    return failed


def _undo(stack: Stack, entry: Entry) -> Generator[None, None, bool]:
    resource = entry.resource
    message = CURRENT.failures.take("rollback", resource.type_name, resource.logical_id)
    if message:
        yield
        stack.set_resource_status(resource, "UPDATE_FAILED" if entry.after else "DELETE_FAILED", message)
        return False
    if entry.after is None:
        # The same page: RetainExceptOnCreate does not retain a resource that the failed operation created.
        stays = entry.imported or resource.deletion_policy == "Retain"
        return not (yield from clean_up(stack, [] if stays else [resource], ()))
    yield
    try:
        type_of(resource.type_name).update(stack.place, entry.after, resource.properties)
    except FAILURES as problem:
        stack.set_resource_status(resource, "UPDATE_FAILED", reason_of(problem))
        return False
    resource.model = entry.after.model
    stack.set_resource_status(resource, "UPDATE_COMPLETE")
    return True
