"""The grammar of one statement, as far as all policy types that have statements share it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap.policy.evaluate import ParsedStatement
from bootstrap.policy.language import PolicyError
from bootstrap.policy.wildcard import ARN_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.policy.language import PolicyStatement

_SID: Final = re.compile(r"[A-Za-z0-9]+")
# AWS's announcement of September 2025 allows wildcards anywhere in an action, but IAM rejects one in the service:
# "Action vendors must not contain wildcards". An action with a service's full name is accepted either way.
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")


def statement_faults(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    """What AWS would answer with MalformedPolicyDocument: (element, message), the element empty for the whole."""
    sid = statement.get("Sid", "None")
    if not (isinstance(sid, str) and _SID.fullmatch(sid)):
        yield "Sid", f"{sid!r} is not a Sid: letters and digits only"
    try:
        parsed = ParsedStatement.parse(statement)
    except PolicyError as error:
        yield "", error.message
        return
    yield from _list_faults(parsed)
    yield from _condition_faults(parsed)


def _list_faults(statement: ParsedStatement) -> Iterator[tuple[str, str]]:
    element = "Action" if statement.actions else "NotAction"
    for action in statement.actions or statement.not_actions:
        if not _ACTION.fullmatch(action):
            yield element, f"{action!r} is not an action: write service:Name, with * and ? in the name only"
    element = "Resource" if statement.resources else "NotResource"
    for resource in statement.resources or statement.not_resources:
        parts = resource.count(":") + 1
        if resource != "*" and not (resource.startswith("arn:") and parts >= ARN_PARTS):
            yield element, f"{resource!r} is not a resource: write * or an ARN of six parts"


def _condition_faults(statement: ParsedStatement) -> Iterator[tuple[str, str]]:
    for condition in statement.conditions:
        if not condition.patterns:
            yield "Condition", f"{condition.key} is compared with an empty list"
        try:
            condition.operator.check(condition.patterns)
        except PolicyError as error:
            yield "Condition", f"{condition.key}: {error.message}"
