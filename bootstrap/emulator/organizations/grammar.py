"""The policy documents that Organizations accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bootstrap.emulator.organizations.state import error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _ProblemOf = Callable[[Mapping[str, object]], str | None]

VERSIONS = {"2012-10-17", "2008-10-17"}
_SCP_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_RCP_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"}


def check(policy_type: str, content: str) -> None:
    """Raise MalformedPolicyDocumentException unless the content is valid for this policy type."""
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not document:
        raise _malformed("it is not one JSON object")
    if policy_type == "SERVICE_CONTROL_POLICY":
        _check_statements(document, _scp_problem)
    elif policy_type == "RESOURCE_CONTROL_POLICY":
        _check_statements(document, _rcp_problem)


def _check_statements(document: Mapping[str, object], problem_of: _ProblemOf) -> None:
    if document.get("Version") not in VERSIONS:
        raise _malformed("Version is required")
    if document.keys() - {"Version", "Id", "Statement"}:
        raise _malformed("it has unknown elements")
    statements = document.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    if not statements:
        raise _malformed("Statement is empty")
    for statement in statements:
        problem = problem_of(statement) if isinstance(statement, dict) else "a statement is not an object"
        if problem:
            raise _malformed(problem)


def _scp_problem(statement: Mapping[str, object]) -> str | None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html."""
    if statement.keys() - _SCP_ELEMENTS:
        return "it has elements that SCPs don't support"
    if statement.get("Effect") not in {"Allow", "Deny"}:
        return "Effect must be Allow or Deny"
    return _shared_problem(statement)


def _rcp_problem(statement: Mapping[str, object]) -> str | None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html."""
    if statement.keys() - _RCP_ELEMENTS:
        return "it has elements that RCPs don't support"
    if statement.get("Effect") != "Deny":
        return "Effect must be Deny in a customer managed RCP"
    if statement.get("Principal") != "*":
        return "Principal must be *"
    if "*" in _strings(statement.get("Action")):
        return "Action must name a service"
    return _shared_problem(statement)


def _shared_problem(statement: Mapping[str, object]) -> str | None:
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
        present = [name for name in (one, other) if name in statement]
        if len(present) != 1:
            return f"exactly one of {one} and {other} is required"
        if not _strings(statement[present[0]]):
            return f"{present[0]} must be a string or a list of strings, and not be empty"
    if not isinstance(statement.get("Condition", {}), dict):
        return "Condition must be an object"
    return _action_problem(statement)


def _action_problem(statement: Mapping[str, object]) -> str | None:
    actions = _strings(statement.get("Action")) + _strings(statement.get("NotAction"))
    if not all(action == "*" or ":" in action for action in actions):
        return "an action must be service:operation"
    return None


def _strings(value: object) -> list[str]:
    """The strings of an element that is a string or a list of strings; an empty list for anything else."""
    values = value if isinstance(value, list) else [value]
    strings = [each for each in values if isinstance(each, str) and each]
    return strings if len(strings) == len(values) else []


def _malformed(detail: str) -> Exception:
    message = f"The provided policy document does not meet the requirements of the policy type: {detail}."
    return error("MalformedPolicyDocumentException", message)
