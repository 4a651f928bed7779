"""The grammar that AWS demands of a service control policy, statement by statement."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from bootstrap.policy.evaluate import Rule
from bootstrap.policy.language import PolicyError
from bootstrap.policy.wildcard import ARN_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.policy.language import PolicyStatement

_KNOWN: Final = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})
_SID: Final = re.compile(r"[A-Za-z0-9]+")
# AWS's announcement of September 2025 allows wildcards anywhere in an action, but IAM answers "Action vendors
# must not contain wildcards" to one in the service: a policy that names its services is right either way.
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")


def faults(statements: Sequence[PolicyStatement]) -> Iterator[str]:
    """What AWS would answer MalformedPolicyDocument to, each fault as a sentence that names its statement."""
    if not statements:
        yield "there is no statement"
    sids = Counter(sid for statement in statements if isinstance(sid := statement.get("Sid"), str))
    for sid, count in sorted(sids.items()):
        if count > 1:
            yield f"{sid}: {count} statements have this Sid, and it must be unique"
    for number, statement in enumerate(statements, start=1):
        for fault in _statement_faults(statement):
            yield f"{statement.get('Sid') or f'statement {number}'}: {fault}"


def _statement_faults(statement: PolicyStatement) -> Iterator[str]:
    for element in sorted(statement.keys() - _KNOWN):
        yield f"{element} is no element of a service control policy"
    sid = statement.get("Sid", "None")
    if not (isinstance(sid, str) and _SID.fullmatch(sid)):
        yield f"{sid!r} is no Sid: letters and digits only"
    try:
        rule = Rule.read(statement)
    except PolicyError as error:
        yield error.message
        return
    yield from _list_faults(rule)
    yield from _condition_faults(rule)


def _list_faults(rule: Rule) -> Iterator[str]:
    for action in rule.actions or rule.but_actions:
        if not _ACTION.fullmatch(action):
            yield f"{action!r} is no action: it has the form service:Name, with * and ? in the name only"
    for resource in rule.resources or rule.but_resources:
        parts = resource.count(":") + 1
        if resource != "*" and not (resource.startswith("arn:") and parts >= ARN_PARTS):
            yield f"{resource!r} is no resource: it is * or an ARN of six parts"


def _condition_faults(rule: Rule) -> Iterator[str]:
    for condition in rule.conditions:
        if not condition.patterns:
            yield f"{condition.key} is compared with nothing"
        try:
            condition.operator.check(condition.patterns)
        except PolicyError as error:
            yield f"{condition.key}: {error.message}"
