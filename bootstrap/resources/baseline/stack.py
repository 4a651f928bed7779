"""One CloudFormation stack in one account: its deployment through a change set, and its deletion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.model.errors import AwsError, WaitError
from bootstrap.resources.baseline.reads import SECRET, LiveStack, as_live, get_template, retained_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.model.resource import Json

_EVERY_S: Final = 3.0
# botocore's own stack waiters give up after an hour.
_TIMEOUT_S: Final = 3600.0
# CloudFormation's lists may lag for a moment.
_LISTED_WITHIN_S: Final = 30.0
# A stack in these states has the resources of its template.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
_DONE: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
COMPLETE: Final = _DONE | {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
_FIX: Final = "fix the cause given by CloudFormation, then run again"
_NEVER_CREATED: Final = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})
# A stack whose creation failed can only be deleted.
_DEAD: Final = _NEVER_CREATED | {"DELETE_FAILED"}
# Only its rollback can be continued.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
_STUCK: Final = "UPDATE_ROLLBACK_FAILED"
# An empty stack, whose change set was never executed.
_EMPTY: Final = "REVIEW_IN_PROGRESS"
# The reasons of a change set without changes: CloudFormation's, and some emulators'.
NO_CHANGE: Final = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Stack:
    aws: AwsApi
    at: Place
    name: str

    def __str__(self) -> str:
        return f"the stack {self.name} in account {self.at.account}"

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.aws.call(f"cloudformation.{operation}", at=self.at, **{"StackName": self.name, **parameters})

    def once(self, operation: str, *, done: str, **parameters: Any) -> dict[str, Any] | None:
        return self.aws.once(
            f"cloudformation.{operation}", done=done, at=self.at, **{"StackName": self.name, **parameters}
        )

    def describe(self, stack_id: str = "") -> LiveStack | None:
        """The stack, or None if there is none by that name. By its id it is found even after its deletion."""
        try:
            found: dict[str, Any] = self.call("DescribeStacks", StackName=stack_id or self.name)["Stacks"][0]
        except AwsError as error:
            if error.code == "ValidationError" and "does not exist" in error.message:
                return None
            raise
        return None if found["StackStatus"] == _EMPTY else as_live({"StackName": self.name, **found})

    def template(self) -> Mapping[str, Json]:
        return get_template(self.aws, self.at, self.name)


def deploy(
    stack: Stack,
    template: Mapping[str, Json],
    tags: list[dict[str, str]],
    say: Callable[[str], None],
    found: LiveStack | None,
) -> LiveStack:
    """Deploy the template, from any state of the stack; `found` is the stack as listed.

    Raises WaitError with CloudFormation's reasons if the deployment fails, or resources are missing.
    """
    found = _settled(stack, found)
    if found and found.status in _DEAD:
        say(f"deleting the stack that a failed creation left ({found.status})")
        delete(stack, found)
        found = None
    if found and found.status == _STUCK:
        say("continuing a rollback that failed")
        stack.call("ContinueUpdateRollback")
        found = _wait_until_settled(stack)
    imported = _import_retained(stack, template, stack.template() if found else {**template, "Resources": {}}, say)
    changed = _change(stack, template, "UPDATE" if found or imported else "CREATE", say, Tags=tags)
    _check_holds(stack, template)
    result = changed or imported or found
    assert result is not None
    return result


def differs(stack: Stack, template: Json, found: LiveStack | None) -> bool:
    """Whether the stack, as listed, exists with another template; with any template, if that is None."""
    settled = _settled(stack, found)
    return settled is not None and settled.status not in _NEVER_CREATED and stack.template() != template


def delete(stack: Stack, found: LiveStack | None) -> None:
    """Delete the stack and wait; the resources that its template retains stay in the account."""
    found = _settled(stack, found)
    if found is None:
        return
    stack_id = found.id
    stack.call("DeleteStack", StackName=stack_id)

    def ended() -> str | None:
        found = stack.describe(stack_id)
        status = found.status if found else "DELETE_COMPLETE"
        return status if status in {"DELETE_COMPLETE", "DELETE_FAILED"} else None

    what = f"deleting {stack}"
    if stack.aws.until(ended, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S) == "DELETE_FAILED":
        raise WaitError(f"{what} ended in DELETE_FAILED: {_reasons(stack)}", hint=_FIX)


def _settled(stack: Stack, found: LiveStack | None) -> LiveStack | None:
    """The stack once no operation is in progress: an interrupted run may have left one."""
    return _wait_until_settled(stack, found.id) if found and found.status.endswith("_IN_PROGRESS") else found


def _wait_until_settled(stack: Stack, stack_id: str = "") -> LiveStack | None:
    def settled() -> tuple[LiveStack | None] | None:
        found = stack.describe(stack_id)
        return None if found and found.status.endswith("_IN_PROGRESS") else (found,)

    found = stack.aws.until(settled, what=str(stack), every_s=_EVERY_S, timeout_s=_TIMEOUT_S)[0]
    return None if found and found.status == "DELETE_COMPLETE" else found


def _import_retained(
    stack: Stack, template: Mapping[str, Json], before: Mapping[str, Json], say: Callable[[str], None]
) -> LiveStack | None:
    """Import secrets that an earlier stack retained and the template has again, so that they keep their values.

    CloudFormation imports a resource by itself only if the template can set its identifier; a secret's is its ARN.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    """
    if not before:
        return None  # it cannot be read, and an import must have all resources of the stack
    held, wanted = _resources(before), _resources(template)
    retained = retained_secrets(stack.aws, stack.at, {k: v for k, v in wanted.items() if k not in held})
    if not retained:
        return None
    say(f"importing {len(retained)} retained secret{'s' * (len(retained) > 1)}")
    resources = {**held, **{logical_id: wanted[logical_id] for logical_id in retained}}
    imports = [
        {"ResourceType": SECRET, "LogicalResourceId": logical_id, "ResourceIdentifier": {"Id": arn}}
        for logical_id, arn in sorted(retained.items())
    ]
    return _change(stack, {**before, "Resources": resources}, "IMPORT", say, ResourcesToImport=imports)


def _change(
    stack: Stack, template: Mapping[str, Json], sort: str, say: Callable[[str], None], **more: object
) -> LiveStack | None:
    """Create a change set, execute it, and check the result; None if nothing changes."""
    body = json.dumps(template, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    change_set = _create_change_set(stack, body, sort, more)
    if change_set is None:
        return None
    say("waiting for CloudFormation")
    stack.once("ExecuteChangeSet", done="InvalidChangeSetStatus", ChangeSetName=change_set["ChangeSetId"])
    return _check_result(stack, change_set)


def _create_change_set(stack: Stack, body: str, sort: str, more: Mapping[str, object]) -> Mapping[str, Any] | None:
    """Create a change set and wait for it; None if nothing changes."""
    # A new name each time: one of an interrupted run may still be in creation, and cannot be deleted then.
    name = f"org-bootstrap-{stack.aws.new_name()}"
    made = stack.once(
        "CreateChangeSet",
        done="AlreadyExistsException",
        ChangeSetName=name,
        ChangeSetType=sort,
        TemplateBody=body,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **more,
    )
    change_set = made["Id"] if made else name

    def ended() -> dict[str, Any] | None:
        found = stack.call("DescribeChangeSet", ChangeSetName=change_set)
        return None if found["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"} else found

    what = f"the change set of {stack}"
    found = stack.aws.until(ended, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S)
    if found["Status"] == "CREATE_COMPLETE":
        return found
    reason = found.get("StatusReason", "no reason given")
    stack.once("DeleteChangeSet", done="ChangeSetNotFound", ChangeSetName=change_set)
    if any(words in reason for words in NO_CHANGE):
        return None
    raise WaitError(f"{what} failed: {reason}", hint=_FIX)


def _check_result(stack: Stack, change_set: Mapping[str, Any]) -> LiveStack:
    """Ask the change set for the result, because DescribeStacks may still have the state before it.

    https://github.com/aws/aws-cdk-cli/pull/1848
    """

    def executed() -> str | None:
        found = stack.call("DescribeChangeSet", ChangeSetName=change_set["ChangeSetId"])
        status: str = found["ExecutionStatus"]
        return status if status in {"EXECUTE_COMPLETE", "EXECUTE_FAILED"} else None

    execution = stack.aws.until(executed, what=str(stack), every_s=_EVERY_S, timeout_s=_TIMEOUT_S)
    found = _wait_until_settled(stack, change_set["StackId"])
    if found is None or execution == "EXECUTE_FAILED" or found.status not in _DONE:
        ended = f"ended in {found.status}" if found else "was deleted during its deployment"
        raise WaitError(f"{stack} {ended}: {_reasons(stack)}", hint=_FIX)
    return found


def _check_holds(stack: Stack, template: Mapping[str, Json]) -> None:
    """Compare with the template: a COMPLETE stack may lack resources."""
    missing: list[str] = []

    def complete() -> bool | None:
        found = stack.aws.pages(
            "cloudformation.ListStackResources", "StackResourceSummaries", at=stack.at, StackName=stack.name
        )
        existing = {
            resource.get("LogicalResourceId")
            for resource in found
            if resource.get("PhysicalResourceId") and not resource.get("ResourceStatus", "").startswith("DELETE")
        }
        missing[:] = sorted(_resources(template).keys() - existing)
        return not missing or None

    try:
        stack.aws.until(complete, what=str(stack), every_s=_EVERY_S, timeout_s=_LISTED_WITHIN_S)
    except WaitError as error:
        hint = "find out who deleted it; a change of the template creates it again"
        raise WaitError(f"{stack} is complete but lacks {', '.join(missing)}", hint=hint) from error


def _resources(template: Mapping[str, Json]) -> Mapping[str, Json]:
    resources = template["Resources"]
    assert isinstance(resources, Mapping)
    return resources


def _reasons(stack: Stack) -> str:
    """CloudFormation's reason for each resource that failed, first failure first."""
    events = stack.aws.pages("cloudformation.DescribeStackEvents", "StackEvents", at=stack.at, StackName=stack.name)
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "; ".join(dict.fromkeys(reversed(failed))) or "CloudFormation gives no reason"
