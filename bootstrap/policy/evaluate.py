"""Deciding, offline and exactly, whether service control policies let a call through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bootstrap.policy import wildcard
from bootstrap.policy.conditions import Operator
from bootstrap.policy.language import PolicyError, PolicyStatement, texts
from bootstrap.policy.variables import Context, expand

if TYPE_CHECKING:
    from bootstrap.model.resource import Json


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS as a policy sees it; the keys of the context are in lower case."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition element: an operator, a key and the values that it is compared with."""

    operator: Operator
    key: str
    patterns: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        return self.operator.holds(self.key, self.patterns, context)


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement, read. `but_actions` and `but_resources` are NotAction and NotResource."""

    sid: str
    denies: bool
    actions: tuple[str, ...]
    but_actions: tuple[str, ...]
    resources: tuple[str, ...]
    but_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @classmethod
    def read(cls, statement: PolicyStatement) -> Rule:
        _one_of(statement, "Action", "NotAction")
        _one_of(statement, "Resource", "NotResource")
        return cls(
            sid=str(statement.get("Sid", "")),
            denies=_denies(statement),
            actions=texts(statement.get("Action", ())),
            but_actions=texts(statement.get("NotAction", ())),
            resources=texts(statement.get("Resource", ())),
            but_resources=texts(statement.get("NotResource", ())),
            conditions=tuple(_conditions(statement.get("Condition", {}))),
        )

    def binds(self, call: Call) -> bool:
        """Whether the statement speaks of this call."""
        return self._names_action(call) and self._names_resource(call) and self._holds(call)

    def _names_action(self, call: Call) -> bool:
        named = any(wildcard.matches_action(action, call.action) for action in self.actions or self.but_actions)
        return named == bool(self.actions)

    def _names_resource(self, call: Call) -> bool:
        patterns = (expand(resource, call.context) for resource in self.resources or self.but_resources)
        named = any(wildcard.matches_resource(p, call.resource) for p in patterns if p is not None)
        return named == bool(self.resources)

    def _holds(self, call: Call) -> bool:
        return all(condition.holds(call.context) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy, read once and asked many times. Reading refuses what it does not understand."""

    name: str
    rules: tuple[Rule, ...]

    @classmethod
    def read(cls, name: str, statements: Sequence[PolicyStatement]) -> Document:
        return cls(name, tuple(Rule.read(statement) for statement in statements))


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the statement that gave it. Both names are empty where nothing allowed the call."""

    allowed: bool
    policy: str = ""
    statement: str = ""


def decide(levels: Sequence[Sequence[Document]], call: Call) -> Decision:
    """Allowed if at every level, root to account, some policy allows it, and none at any level denies it."""
    for level in levels:
        denied = _first(level, call, lambda rule: rule.denies)
        if denied:
            return Decision(allowed=False, policy=denied[0], statement=denied[1])
    decision = Decision(allowed=False)
    for level in levels:
        allowed = _first(level, call, lambda rule: not rule.denies)
        if not allowed:
            return Decision(allowed=False)
        decision = Decision(allowed=True, policy=allowed[0], statement=allowed[1])
    return decision


def _first(level: Sequence[Document], call: Call, wanted: Callable[[Rule], bool]) -> tuple[str, str] | None:
    bound = ((policy.name, rule.sid) for policy in level for rule in policy.rules if wanted(rule) and rule.binds(call))
    return next(bound, None)


def _denies(statement: PolicyStatement) -> bool:
    effect = statement.get("Effect")
    if effect not in {"Allow", "Deny"}:
        message = f"Effect is Allow or Deny, not {effect!r}"
        raise PolicyError(message)
    return effect == "Deny"


def _one_of(statement: PolicyStatement, element: str, but: str) -> None:
    if len([name for name in (element, but) if texts(statement.get(name, ()))]) != 1:
        message = f"a statement has exactly one of {element} and {but}, and names something in it"
        raise PolicyError(message)


def _conditions(element: Json) -> list[Condition]:
    if not isinstance(element, Mapping):
        message = f"Condition takes operators with their keys, not {element!r}"
        raise PolicyError(message)
    conditions = []
    for name, keys in element.items():
        operator = Operator.parse(name)
        if not isinstance(keys, Mapping):
            message = f"{name} takes keys with their values, not {keys!r}"
            raise PolicyError(message)
        conditions += [Condition(operator, key, texts(values)) for key, values in keys.items()]
    return conditions


FULL_ACCESS: Final = Document.read("FullAWSAccess", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
"""What AWS attaches to everything: without it nothing is allowed, as a guardrail only denies."""
