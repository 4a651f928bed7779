"""The way back: what a deployment did is undone, and what is no longer wanted deleted.

Each function is a generator that pauses where the real thing takes its time.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: a failure rolls back to the
last stable state; the statuses on that way, and what is left after ROLLBACK_FAILED and UPDATE_ROLLBACK_FAILED, are
those of the user guide's "Stack status codes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from bootstrap.emulator.cloudformation.errors import ResourceError
from bootstrap.emulator.cloudformation.journal import Made
from bootstrap.emulator.cloudformation.types import type_of
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from bootstrap.emulator.cloudformation.journal import Changed
    from bootstrap.emulator.cloudformation.resource_type import Resource
    from bootstrap.emulator.cloudformation.stack import Stack

FAILURES = (ResourceError, ServiceException, HTTPException)


def reason_of(problem: BaseException) -> str:
    return str(getattr(problem, "message", None) or problem)


def roll_back(stack: Stack, entries: Iterable[Made | Changed], reason: str, *, creating: bool) -> Generator[None]:
    """Undo what was done, the last first; what cannot be undone stays in the stack for another attempt."""
    prefix = "" if creating else "UPDATE_"
    stack.became(f"{prefix}ROLLBACK_IN_PROGRESS", reason)
    stack.stuck = []
    for entry in entries:
        if not (yield from _undo(stack, entry)):
            stack.stuck.append(entry)
    if creating:
        stack.resources = {each.resource.logical_id: each.resource for each in reversed(stack.stuck)}
    elif not stack.stuck:
        stack.became("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    stack.became(f"{prefix}ROLLBACK_{'FAILED' if stack.stuck else 'COMPLETE'}")


def clean_up(
    stack: Stack, resources: Iterable[Resource], kept: Collection[str]
) -> Generator[None, None, list[Resource]]:
    """Delete resources but for those whose DeletionPolicy is `kept`; what could not be deleted is returned.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    stuck = []
    for resource in resources:
        if resource.deletion_policy in kept:
            stack.tell(resource, "DELETE_SKIPPED")
            continue
        stack.tell(resource, "DELETE_IN_PROGRESS")
        yield
        try:
            type_of(resource.type_name).delete(stack.place, resource)
        except FAILURES as problem:
            stack.tell(resource, "DELETE_FAILED", reason_of(problem))
            stuck.append(resource)
        else:
            stack.tell(resource, "DELETE_COMPLETE")
    return stuck


def _undo(stack: Stack, entry: Made | Changed) -> Generator[None, None, bool]:
    resource = entry.resource
    asked_for = CURRENT.requests.failure_of_rollback(resource.type_name, resource.logical_id)
    if asked_for:
        yield
        stack.tell(resource, "DELETE_FAILED" if isinstance(entry, Made) else "UPDATE_FAILED", asked_for)
        return False
    if isinstance(entry, Made):
        # The same page, RetainExceptOnCreate: what the failed operation itself made is deleted all the same.
        kept = entry.imported or resource.deletion_policy == "Retain"
        return not (yield from clean_up(stack, [] if kept else [resource], ()))
    yield
    try:
        type_of(resource.type_name).update(stack.place, entry.after, resource.properties)
    except FAILURES as problem:
        stack.tell(resource, "UPDATE_FAILED", reason_of(problem))
        return False
    resource.model = entry.after.model
    stack.tell(resource, "UPDATE_COMPLETE")
    return True
