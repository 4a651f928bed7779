"""Whether organization policies allow a request, decided offline by the rules of IAM's policy evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bootstrap.policy import wildcard
from bootstrap.policy.conditions import Condition, ConditionKeys, expand
from bootstrap.policy.language import PolicyError, PolicyStatement, texts

if TYPE_CHECKING:
    from bootstrap.model.resource import Json


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A request to AWS as a policy sees it. The names of the condition keys are in lower case."""

    action: str
    resource: str = "*"
    keys: ConditionKeys = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """One statement. Of `actions` and `not_actions` one is empty, and so of `resources` and `not_resources`."""

    sid: str
    denies: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, statement: PolicyStatement) -> ParsedStatement:
        """Raises PolicyError for a statement without a meaning. Principal is ignored: SCPs have none, RCPs only `*`."""
        effect = statement.get("Effect")
        if effect not in {"Allow", "Deny"}:
            message = f"Effect must be Allow or Deny, not {effect!r}"
            raise PolicyError(message)
        _check_exactly_one(statement, "Action", "NotAction")
        _check_exactly_one(statement, "Resource", "NotResource")
        return cls(
            sid=str(statement.get("Sid", "")),
            denies=effect == "Deny",
            actions=texts(statement.get("Action", ())),
            not_actions=texts(statement.get("NotAction", ())),
            resources=texts(statement.get("Resource", ())),
            not_resources=texts(statement.get("NotResource", ())),
            conditions=tuple(_conditions(statement.get("Condition", {}))),
        )

    def applies_to(self, request: RequestContext) -> bool:
        if wildcard.matches_any_action(self.actions or self.not_actions, request.action) != bool(self.actions):
            return False
        return self._matches_resource(request) and all(condition.holds(request.keys) for condition in self.conditions)

    def _matches_resource(self, request: RequestContext) -> bool:
        patterns = (expand(resource, request.keys) for resource in self.resources or self.not_resources)
        listed = any(wildcard.matches_resource(p, request.resource) for p in patterns if p is not None)
        return listed == bool(self.resources)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the Sid of the statement that gave it: empty where nothing allows it."""

    allowed: bool
    statement: str = ""


def parse_statements(statements: Iterable[PolicyStatement]) -> tuple[ParsedStatement, ...]:
    """A policy, parsed once and evaluated many times. Raises PolicyError for a statement without a meaning."""
    return tuple(ParsedStatement.parse(statement) for statement in statements)


def decide(levels: Sequence[Sequence[ParsedStatement]], request: RequestContext) -> Decision:
    """Allowed if some statement at every level, from root to account, allows it, and none at any level denies it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    for level in levels:
        if denied := _first(level, request, denies=True):
            return denied
    decision = Decision(allowed=False)
    for level in levels:
        decision = _first(level, request, denies=False) or Decision(allowed=False)
        if not decision.allowed:
            break
    return decision


def _first(level: Sequence[ParsedStatement], request: RequestContext, *, denies: bool) -> Decision | None:
    """The decision of the first statement with this effect that applies to the request."""
    for statement in level:
        if statement.denies == denies and statement.applies_to(request):
            return Decision(allowed=not denies, statement=statement.sid)
    return None


def _check_exactly_one(statement: PolicyStatement, element: str, negated: str) -> None:
    if len([name for name in (element, negated) if texts(statement.get(name, ()))]) != 1:
        message = f"a statement must have exactly one of {element} and {negated}, with at least one value"
        raise PolicyError(message)


def _conditions(element: Json) -> Iterator[Condition]:
    if not isinstance(element, Mapping):
        message = f"Condition must hold operators with their condition keys, not {element!r}"
        raise PolicyError(message)
    for name, keys in element.items():
        if not isinstance(keys, Mapping):
            message = f"{name} must hold condition keys with their values, not {keys!r}"
            raise PolicyError(message)
        if not keys:
            Condition.parse(name, "", ())  # an unknown operator is an error without keys, too
        for key, values in keys.items():
            yield Condition.parse(name, key, texts(values))


ALLOW_ALL: Final = parse_statements([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
"""AWS's default policies. A guardrail only denies, so nothing is allowed without them."""
