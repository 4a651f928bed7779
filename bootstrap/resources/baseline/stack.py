"""One CloudFormation stack in one account: its state, its deployment through a change set, its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.model.errors import AwsError, WaitError
from bootstrap.resources.baseline.retained import SECRET, retained_secrets
from bootstrap.resources.baseline.template import read_template
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.model.resource import Json

_EVERY_S = 3.0
# botocore's own stack waiters give up after an hour.
_TIMEOUT_S = 3600.0
# CloudFormation's lists may be behind its own word for a moment.
_LISTED_WITHIN_S = 30.0
# What a stack in these states holds is what its template says.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
COMPLETE = _DONE | {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
_MEND = "mend what it names, then run again"
_NEVER_MADE = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})
# A stack whose creation failed can only be deleted.
_DEAD = _NEVER_MADE | {"DELETE_FAILED"}
# Only its rollback can be gone on with.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
_STUCK = "UPDATE_ROLLBACK_FAILED"
# A change set that was never executed leaves this: a name, and nothing in it.
_EMPTY = "REVIEW_IN_PROGRESS"
# How CloudFormation says it in a change set, and how some emulators do.
NO_CHANGE = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack's name and where it is."""

    aws: AwsApi
    at: Place
    name: str

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.aws.call(f"cloudformation.{operation}", at=self.at, **{"StackName": self.name, **parameters})

    def once(self, operation: str, *, done: str, **parameters: Any) -> dict[str, Any] | None:
        return self.aws.once(
            f"cloudformation.{operation}", done=done, at=self.at, **{"StackName": self.name, **parameters}
        )

    def describe(self, stack_id: str = "") -> dict[str, Any] | None:
        """The stack as CloudFormation describes it, or None if there is none by that name.

        By its id it is found when it is deleted, too, and is never taken for another of its name.
        """
        try:
            found: dict[str, Any] = self.call("DescribeStacks", StackName=stack_id or self.name)["Stacks"][0]
        except AwsError as error:
            if error.code == "ValidationError" and "does not exist" in error.message:
                return None
            raise
        return None if found["StackStatus"] == _EMPTY else found

    def template(self) -> Mapping[str, Json]:
        """The template exactly as it was last deployed, by whomever; empty if it cannot be read."""
        return read_template(self.call("GetTemplate", TemplateStage="Original")["TemplateBody"])


def deploy(stack: Stack, template: Mapping[str, Json], tags: list[dict[str, str]], say: Callable[[str], None]) -> None:
    """Make the stack hold just what the template says, from whatever state it is in.

    Raises WaitError with CloudFormation's own reasons when the deployment fails or leaves something out.
    """
    found = _settled(stack)
    if found and found["StackStatus"] in _DEAD:
        say(f"removing what a failed creation left ({found['StackStatus']})")
        delete(stack)
        found = None
    if found and found["StackStatus"] == _STUCK:
        say("going on with a rollback that failed")
        stack.call("ContinueUpdateRollback")
        found = _settled(stack)
    taken = _take_back(stack, template, stack.template() if found else {**template, "Resources": {}}, say)
    _change(stack, template, "UPDATE" if found or taken else "CREATE", say, Tags=tags)
    _check_holds(stack, template)


def holds_other(stack: Stack, template: Json) -> bool:
    """Whether there is a stack that holds anything but what the template says, or anything at all if that is None."""
    found = _settled(stack)
    return found is not None and found["StackStatus"] not in _NEVER_MADE and stack.template() != template


def delete(stack: Stack) -> None:
    """Delete the stack and wait until it is gone; what its template retains stays in the account."""
    found = _settled(stack)
    if found is None:
        return
    stack_id = found["StackId"]
    stack.call("DeleteStack", StackName=stack_id)

    def ended() -> str | None:
        found = stack.describe(stack_id)
        status = found["StackStatus"] if found else "DELETE_COMPLETE"
        return status if status in {"DELETE_COMPLETE", "DELETE_FAILED"} else None

    what = f"deleting the stack {stack.name} in account {stack.at.account}"
    if stack.aws.until(ended, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S) == "DELETE_FAILED":
        raise WaitError(f"{what} ended in DELETE_FAILED: {_reasons(stack)}", hint=_MEND)


def _settled(stack: Stack, stack_id: str = "") -> dict[str, Any] | None:
    """The stack once nothing is in progress, or None if there is none: a run that died may have left it busy."""

    def settled() -> tuple[dict[str, Any] | None] | None:
        found = stack.describe(stack_id)
        return None if found and found["StackStatus"].endswith("_IN_PROGRESS") else (found,)

    what = f"the stack {stack.name} in account {stack.at.account}"
    return stack.aws.until(settled, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S)[0]


def _take_back(
    stack: Stack, template: Mapping[str, Json], before: Mapping[str, Json], say: Callable[[str], None]
) -> bool:
    """Import what an earlier stack retained and the template has again: a secret's value above all.

    CloudFormation takes a resource back by itself only if its identifier can be written, and a secret's is
    its ARN. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    """
    if not before:
        return False  # it cannot be read, and an import must name all that the stack holds
    held, wanted = _resources(before), _resources(template)
    retained = retained_secrets(stack.aws, stack.at, {k: v for k, v in wanted.items() if k not in held})
    if not retained:
        return False
    say(f"taking back {len(retained)} retained secret{'s' * (len(retained) > 1)}")
    resources = {**held, **{logical_id: wanted[logical_id] for logical_id in retained}}
    imports = [
        {"ResourceType": SECRET, "LogicalResourceId": logical_id, "ResourceIdentifier": {"Id": arn}}
        for logical_id, arn in sorted(retained.items())
    ]
    _change(stack, {**before, "Resources": resources}, "IMPORT", say, ResourcesToImport=imports)
    return True


def _change(
    stack: Stack, template: Mapping[str, Json], sort: str, say: Callable[[str], None], **review: object
) -> None:
    """Propose a change set, execute it, and see it end well; nothing where there is nothing to change."""
    body = json.dumps(template, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    proposed = _propose(stack, body, sort, review)
    if proposed:
        say("waiting for CloudFormation")
        stack.once("ExecuteChangeSet", done="InvalidChangeSetStatus", ChangeSetName=proposed["ChangeSetId"])
        _check_ended_well(stack, proposed)


def _propose(stack: Stack, body: str, sort: str, more: Mapping[str, object]) -> Mapping[str, Any] | None:
    """Make a change set and wait for it; None where there is nothing to change."""
    # A new name each time: one that a run left which died may still be in the making, and cannot be deleted then.
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

    what = f"the change set of the stack {stack.name} in account {stack.at.account}"
    found = stack.aws.until(ended, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S)
    if found["Status"] == "CREATE_COMPLETE":
        return found
    reason = found.get("StatusReason", "no reason given")
    stack.once("DeleteChangeSet", done="ChangeSetNotFound", ChangeSetName=change_set)
    if any(words in reason for words in NO_CHANGE):
        return None
    raise WaitError(f"{what} failed: {reason}", hint=_MEND)


def _check_ended_well(stack: Stack, proposed: Mapping[str, Any]) -> None:
    """Ask the change set how it went, for DescribeStacks may answer with what was before it.

    https://github.com/aws/aws-cdk-cli/pull/1848
    """

    def executed() -> str | None:
        found = stack.call("DescribeChangeSet", ChangeSetName=proposed["ChangeSetId"])
        status: str = found["ExecutionStatus"]
        return status if status in {"EXECUTE_COMPLETE", "EXECUTE_FAILED"} else None

    what = f"the stack {stack.name} in account {stack.at.account}"
    execution = stack.aws.until(executed, what=what, every_s=_EVERY_S, timeout_s=_TIMEOUT_S)
    found = _settled(stack, proposed["StackId"])
    status = found["StackStatus"] if found else "nothing"
    if execution == "EXECUTE_FAILED" or status not in _DONE:
        raise WaitError(f"{what} ended in {status}: {_reasons(stack)}", hint=_MEND)


def _check_holds(stack: Stack, template: Mapping[str, Json]) -> None:
    """COMPLETE says that CloudFormation is done, not that everything is there: compare with the template."""
    missing: list[str] = []

    def complete() -> bool | None:
        found = stack.aws.pages(
            "cloudformation.ListStackResources", "StackResourceSummaries", at=stack.at, StackName=stack.name
        )
        made = {
            resource.get("LogicalResourceId")
            for resource in found
            if resource.get("PhysicalResourceId") and not resource.get("ResourceStatus", "").startswith("DELETE")
        }
        missing[:] = sorted(_resources(template).keys() - made)
        return not missing or None

    what = f"the stack {stack.name} in account {stack.at.account}"
    try:
        stack.aws.until(complete, what=what, every_s=_EVERY_S, timeout_s=_LISTED_WITHIN_S)
    except WaitError as error:
        hint = "see who removed it; a change of the template makes it anew"
        raise WaitError(f"{what} says it is complete and lacks {', '.join(missing)}", hint=hint) from error


def _resources(template: Mapping[str, Json]) -> Mapping[str, Json]:
    resources = template["Resources"]
    assert isinstance(resources, Mapping)
    return resources


def _reasons(stack: Stack) -> str:
    """What CloudFormation says of each resource that failed, first failure first."""
    events = stack.aws.pages("cloudformation.DescribeStackEvents", "StackEvents", at=stack.at, StackName=stack.name)
    # A reason may quote what somebody wrote into the stack.
    failed = [
        masked(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}")
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "; ".join(dict.fromkeys(reversed(failed))) or "CloudFormation gives no reason"
