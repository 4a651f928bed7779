"""The stacks of all accounts in a simulation. The name of a stack or change set stands for its ARN."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bootstrap.aws.api import Place
from bootstrap.aws.read_only import is_read
from bootstrap.model.errors import AwsError
from bootstrap.resources.baseline.reads import secret, stacks, template
from bootstrap.resources.baseline.stack import NO_CHANGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.simulate import SimulatedCall

_Here: TypeAlias = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class _Stack:
    status: str
    template: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _ChangeSet:
    template: dict[str, Any]
    changes: bool


def simulate(call: SimulatedCall) -> Mapping[str, Any] | None:
    service = call.action.partition(".")[0]
    if service == "cloudformation":
        all_stacks = call.state.setdefault("stacks", Stacks(call.observed))
        assert isinstance(all_stacks, Stacks)
        return all_stacks.answer(call.operation, call.at, call.parameters)
    if call.operation == "DescribeSecret":
        return _describe_secret(call)
    return {"Account": {"State": "ACTIVE"}} if call.operation == "DescribeAccount" else None


def _describe_secret(call: SimulatedCall) -> Mapping[str, Any]:
    name = call.parameters["SecretId"]
    found = call.observed.read(secret, call.at, name)
    if found is None:
        raise AwsError(call.action, "ResourceNotFoundException", name)
    return found.as_described(name)


class Stacks:
    """Starts with the observed stacks; those of inaccessible accounts are absent, as in the plan."""

    def __init__(self, observed: Inventory) -> None:
        self._observed = observed
        self._stacks: dict[_Here, _Stack | None] = {}
        self._change_sets: dict[_Here, _ChangeSet] = {}

    def answer(self, operation: str, at: Place, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "ListStacks":
            return {"StackSummaries": self._list(at)}
        answer = self._read if is_read(operation) else self._write
        return answer(operation, (at, str(parameters["StackName"])), parameters)

    def _read(self, operation: str, here: _Here, parameters: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "DescribeStacks":
                return {"Stacks": [_described(here[1], self._existing(here).status)]}
            case "GetTemplate":
                return {"TemplateBody": self._existing(here).template}
            case "ListStackResources":
                names = self._existing(here).template["Resources"]
                found = [{"LogicalResourceId": name, "PhysicalResourceId": name} for name in names]
                return {"StackResourceSummaries": found}
            case "DescribeChangeSet":
                ended = {"Status": "FAILED", "StatusReason": NO_CHANGE[0]}
                if self._change_sets[here].changes:
                    ended = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_COMPLETE"}
                return {"ChangeSetId": parameters["ChangeSetName"], "StackId": here[1], **ended}
        raise NotImplementedError(operation)

    def _write(self, operation: str, here: _Here, parameters: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "CreateChangeSet":
                body, there = json.loads(parameters["TemplateBody"]), self._find(here)
                self._change_sets[here] = _ChangeSet(body, changes=there is None or there.template != body)
                return {"Id": parameters["ChangeSetName"]}
            case "ExecuteChangeSet":
                self._stacks[here] = _Stack("UPDATE_COMPLETE", self._change_sets[here].template)
            case "DeleteChangeSet":
                del self._change_sets[here]
            case "ContinueUpdateRollback":
                self._stacks[here] = _Stack("UPDATE_ROLLBACK_COMPLETE", self._existing(here).template)
            case "DeleteStack":
                self._stacks[here] = None
            case _:
                raise NotImplementedError(operation)
        return {}

    def _list(self, at: Place) -> list[dict[str, Any]]:
        statuses = {name: _ended_well(status) for name, status in self._listed(at).items()}
        changed = {name: stack for (place, name), stack in self._stacks.items() if place == at}
        statuses |= {name: stack.status if stack else "" for name, stack in changed.items()}
        return [_described(name, status) for name, status in statuses.items() if status]

    def _existing(self, here: _Here) -> _Stack:
        found = self._find(here)
        if found is None:
            raise AwsError("cloudformation.DescribeStacks", "ValidationError", f"{here[1]} does not exist")
        return found

    def _find(self, here: _Here) -> _Stack | None:
        if here not in self._stacks:
            at, name = here
            status = _ended_well(self._listed(at).get(name, ""))
            self._stacks[here] = _Stack(status, self._observed.read(template, at, name)) if status else None
        return self._stacks[here]

    def _listed(self, at: Place) -> Mapping[str, str]:
        try:
            return {name: stack.status for name, stack in self._observed.read(stacks, at).items()}
        except AwsError:
            return {}


def _ended_well(status: str) -> str:
    """The status once an operation in progress has succeeded; empty after a deletion."""
    if status == "DELETE_IN_PROGRESS":
        return ""
    return status.replace("_CLEANUP_IN_PROGRESS", "").replace("_IN_PROGRESS", "_COMPLETE")


def _described(name: str, status: str) -> dict[str, Any]:
    return {"StackId": name, "StackName": name, "StackStatus": status}
