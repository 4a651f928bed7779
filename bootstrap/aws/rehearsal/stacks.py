"""The stacks in all accounts, as they would be. The name of each, and of a change set, stands for its ARN."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from bootstrap.aws.api import Place
from bootstrap.aws.inventory import LiveStack
from bootstrap.model.errors import AwsError
from bootstrap.resources.baseline.stack import NO_CHANGE

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory

_Here: TypeAlias = tuple[Place, str]
_Answer: TypeAlias = Callable[["Stacks", _Here, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Proposed:
    template: dict[str, Any]
    changes: bool


class Stacks:
    """Begins with what was seen; what could not be looked at is absent, as it is for a plan."""

    def __init__(self, seen: Inventory) -> None:
        self._seen = seen
        self._stacks: dict[_Here, LiveStack | None] = {}
        self._proposed: dict[_Here, _Proposed] = {}

    def answer(self, operation: str, at: Place, parameters: Mapping[str, Any]) -> dict[str, Any]:
        assert operation in _ANSWERS, f"a rehearsal has no answer to cloudformation.{operation}"
        return _ANSWERS[operation](self, (at, str(parameters["StackName"])), parameters)

    def describe(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"Stacks": [{"StackId": here[1], "StackStatus": self._existing(here).status}]}

    def template(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"TemplateBody": self._existing(here).template}

    def resources(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        made = self._existing(here).template["Resources"]
        return {"StackResourceSummaries": [{"LogicalResourceId": name, "PhysicalResourceId": name} for name in made]}

    def propose(self, here: _Here, parameters: Mapping[str, Any]) -> dict[str, Any]:
        template, there = json.loads(parameters["TemplateBody"]), self._find(here)
        self._proposed[here] = _Proposed(template, changes=there is None or there.template != template)
        return {"Id": parameters["ChangeSetName"]}

    def describe_proposed(self, here: _Here, parameters: Mapping[str, Any]) -> dict[str, Any]:
        ended = {"Status": "FAILED", "StatusReason": NO_CHANGE[0]}
        if self._proposed[here].changes:
            ended = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_COMPLETE"}
        return {"ChangeSetId": parameters["ChangeSetName"], "StackId": here[1], **ended}

    def execute(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        self._stacks[here] = LiveStack("UPDATE_COMPLETE", self._proposed[here].template)
        return {}

    def discard(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        del self._proposed[here]
        return {}

    def roll_back(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        self._stacks[here] = replace(self._existing(here), status="UPDATE_ROLLBACK_COMPLETE")
        return {}

    def delete(self, here: _Here, _: Mapping[str, Any]) -> dict[str, Any]:
        self._stacks[here] = None
        return {}

    def _existing(self, here: _Here) -> LiveStack:
        found = self._find(here)
        if found is None:
            raise AwsError("cloudformation.DescribeStacks", "ValidationError", f"{here[1]} does not exist")
        return found

    def _find(self, here: _Here) -> LiveStack | None:
        if here not in self._stacks:
            try:
                found = self._seen.stack(*here)
            except AwsError:
                found = None
            self._stacks[here] = _settled(found) if found else None
        return self._stacks[here]


_ANSWERS: Mapping[str, _Answer] = {
    "DescribeStacks": Stacks.describe,
    "GetTemplate": Stacks.template,
    "ListStackResources": Stacks.resources,
    "CreateChangeSet": Stacks.propose,
    "DescribeChangeSet": Stacks.describe_proposed,
    "ExecuteChangeSet": Stacks.execute,
    "DeleteChangeSet": Stacks.discard,
    "ContinueUpdateRollback": Stacks.roll_back,
    "DeleteStack": Stacks.delete,
}


def _settled(stack: LiveStack) -> LiveStack | None:
    """The stack once what another run left in progress has ended well."""
    if stack.status == "DELETE_IN_PROGRESS":
        return None
    ended = stack.status.replace("_CLEANUP_IN_PROGRESS", "").replace("_IN_PROGRESS", "_COMPLETE")
    return replace(stack, status=ended)
