"""Deploys a stack, rolls a failed deployment back, and deletes a stack.

Each function that takes time on AWS is a generator: it yields after it has set an IN_PROGRESS status.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: a failure rolls back to the
last stable state. The user guide's "Stack status codes" has the statuses, and what remains after ROLLBACK_FAILED and
UPDATE_ROLLBACK_FAILED.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from bootstrap.emulator.cloudformation.deployment import RETAINED, policies
from bootstrap.emulator.cloudformation.resource_type import Resource, ResourceError, generated_name
from bootstrap.emulator.cloudformation.stack import Entry
from bootstrap.emulator.cloudformation.types import type_of
from bootstrap.emulator.options import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable

    from bootstrap.emulator.cloudformation.deployment import Deployment
    from bootstrap.emulator.cloudformation.resource_type import Properties
    from bootstrap.emulator.cloudformation.stack import Stack

FAILURES = (ResourceError, ServiceException, HTTPException)


class _FailedError(Exception):
    """A resource failed; the argument is its logical id."""


def deploy(stack: Stack, deployment: Deployment, owned: Collection[str]) -> Generator[None]:
    """Create or update the stack's resources; AWS does this after it has answered the request.

    The failure of a resource becomes a status of the stack, and is not raised.
    """
    creating, submission = stack.submission is None, deployment.submission
    doing = "IMPORT" if submission.imports else "CREATE" if creating else "UPDATE"
    stack.set_status(f"{doing}_IN_PROGRESS", "User Initiated")
    if creating:
        # A new stack has its template and resources from the start, also when its creation fails.
        stack.submission, stack.resources = submission, deployment.resources
    run = _Run(stack, deployment, owned)
    try:
        for logical_id in deployment.logical_ids:
            yield from run.apply(logical_id)
        yield
        outputs = deployment.outputs()
    except (_FailedError, *FAILURES) as problem:
        reason = f"The following resource(s) failed to {'create' if creating else 'update'}: [{_reason_of(problem)}]. "
        if creating and submission.disable_rollback:
            stack.set_status("CREATE_FAILED", reason)
            return
        reason += "Rollback requested by user." if creating else ""
        yield from _roll_back(stack, reversed(run.journal), reason, creating=creating)
        return
    removed = [each for logical_id, each in stack.resources.items() if logical_id not in deployment.resources]
    stack.resources, stack.outputs, stack.submission = deployment.resources, outputs, submission
    if creating or submission.imports:
        stack.set_status(f"{doing}_COMPLETE")
        return
    stack.set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    yield from _clean_up(stack, [each for each in run.replaced if each.replace_policy != "Retain"], ())
    yield from _clean_up(stack, reversed(removed), RETAINED)
    stack.set_status("UPDATE_COMPLETE")


def continue_rollback(stack: Stack, skipped: Collection[str]) -> Generator[None]:
    """Roll back again what could not be rolled back, except the skipped resources.

    API reference, ContinueUpdateRollback, ResourcesToSkip: "CloudFormation sets the status of the specified
    resources to UPDATE_COMPLETE and continues to roll back the stack".
    """
    for entry in stack.not_rolled_back:
        if entry.resource.logical_id in skipped:
            stack.set_resource_status(entry.resource, "UPDATE_COMPLETE")
    left = [entry for entry in stack.not_rolled_back if entry.resource.logical_id not in skipped]
    yield from _roll_back(stack, left, "User Initiated", creating=False)


def destroy(stack: Stack, retained: Collection[str]) -> Generator[None]:
    """Delete a stack's resources, except those that the caller or their DeletionPolicy retains."""
    stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
    doomed = [each for each in reversed(stack.resources.values()) if each.logical_id not in retained]
    stuck = yield from _clean_up(stack, doomed, RETAINED)
    yield
    stack.resources = {each.logical_id: each for each in reversed(stuck)}
    if stuck:
        names = ", ".join(each.logical_id for each in stuck)
        stack.set_status("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}].")
        return
    stack.deleted = stack.timestamp()
    stack.set_status("DELETE_COMPLETE")


class _Run:
    """A deployment in progress, with the journal for its rollback."""

    def __init__(self, stack: Stack, deployment: Deployment, owned: Collection[str]) -> None:
        self._stack, self._deployment, self._owned = stack, deployment, owned
        self.journal: list[Entry] = []
        self.replaced: list[Resource] = []

    def apply(self, logical_id: str) -> Generator[None]:
        """Create, update, replace or import one resource."""
        definition = self._deployment.definition(logical_id)
        have = self._stack.resources.get(logical_id)
        attempt = have or Resource(logical_id, definition["Type"], {}, "")
        try:
            if attempt.type_name != definition["Type"]:
                raise ResourceError(f"Update of resource type is not permitted: {attempt.type_name}")
            want = self._deployment.properties(logical_id)
            known = type_of(attempt.type_name)
            known.check(want)
            if have is not None and not known.replaces(have.properties, want):
                resource = yield from self._update(have, want)
            else:
                if have is not None:
                    _refuse_same_name(have, want)
                    self.replaced.append(have)
                imported = None if have else self._deployment.importable(logical_id, self._owned)
                resource = yield from self._create(attempt, want, imported)
        except FAILURES as problem:
            status = "UPDATE_FAILED" if have else "CREATE_FAILED"
            reason = f'Resource handler returned message: "{_reason_of(problem)}"'
            self._stack.set_resource_status(replace(attempt), status, reason)
            raise _FailedError(logical_id) from problem
        resource.deletion_policy, resource.replace_policy = policies(definition)
        self._deployment.resources[logical_id] = resource

    def _create(self, attempt: Resource, want: Properties, imported: str | None) -> Generator[None, None, Resource]:
        known, stack = type_of(attempt.type_name), self._stack
        doing = "IMPORT" if imported else "CREATE"
        stack.set_resource_status(replace(attempt, physical_id=""), f"{doing}_IN_PROGRESS")
        yield
        _fail_if_asked(attempt)
        if imported:
            # An import does not change the resource.
            resource = Resource(attempt.logical_id, attempt.type_name, want, imported)
        else:
            name = known.custom_name(want) or generated_name(stack.name, attempt.logical_id)
            resource = Resource(attempt.logical_id, attempt.type_name, want, name)
            known.create(stack.place, resource)
        self.journal.append(Entry(resource, imported=imported is not None))
        stack.set_resource_status(resource, f"{doing}_COMPLETE")
        return resource

    def _update(self, have: Resource, want: Properties) -> Generator[None, None, Resource]:
        resource = replace(have)
        if have.properties != want:
            self._stack.set_resource_status(resource, "UPDATE_IN_PROGRESS")
            yield
            # In the journal first: an update that fails half-way is rolled back as well.
            self.journal.append(Entry(have, replace(have, properties=want)))
            _fail_if_asked(have)
            type_of(have.type_name).update(self._stack.place, resource, want)
            resource.properties = want
            self._stack.set_resource_status(resource, "UPDATE_COMPLETE")
        return resource


def _refuse_same_name(have: Resource, want: Properties) -> None:
    """CloudFormation creates the new resource before it deletes the old one, and two cannot have one name."""
    name = type_of(have.type_name).custom_name(want)
    if name is not None and name == type_of(have.type_name).custom_name(have.properties):
        message = "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        raise ResourceError(message + f"Rename {name} and update the stack again.")


def _fail_if_asked(resource: Resource) -> None:
    message = CURRENT.failures.take("resource", resource.type_name, resource.logical_id)
    if message:
        raise ResourceError(message)


def _reason_of(problem: BaseException) -> str:
    return str(getattr(problem, "message", None) or problem)


def _roll_back(stack: Stack, entries: Iterable[Entry], reason: str, *, creating: bool) -> Generator[None]:
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


def _clean_up(
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
            stack.set_resource_status(resource, "DELETE_FAILED", _reason_of(problem))
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
        return not (yield from _clean_up(stack, [] if stays else [resource], ()))
    yield
    try:
        type_of(resource.type_name).update(stack.place, entry.after, resource.properties)
    except FAILURES as problem:
        stack.set_resource_status(resource, "UPDATE_FAILED", _reason_of(problem))
        return False
    resource.model = entry.after.model
    stack.set_resource_status(resource, "UPDATE_COMPLETE")
    return True
