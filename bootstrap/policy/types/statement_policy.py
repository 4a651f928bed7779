"""The policy types written in IAM's policy language: a body is a list of statements that allow or deny requests."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from bootstrap.policy import language, parameters
from bootstrap.policy.evaluate import ALLOW_ALL, PolicyDocument
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts
from bootstrap.policy.types.policy_type import Fault, PolicyType
from bootstrap.policy.types.statement_grammar import statement_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Json
    from bootstrap.policy.language import PolicyStatement
    from bootstrap.policy.parameters import Values
    from bootstrap.spec.models import Guardrail

_EXEMPTION: Final = "ArnNotLike"


class StatementPolicyType(PolicyType):
    """A policy type whose policies allow or deny requests."""

    elements: ClassVar[frozenset[str]]
    """The elements that AWS accepts in a statement."""

    @abstractmethod
    def own_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        """What this type alone rejects: (element, message)."""

    def compile(self, guardrail: Guardrail, values: Values) -> Sequence[PolicyStatement]:
        """The statements in the order of the guardrail's file. Every Deny spares the exempt principals."""
        exempt = texts(parameters.fill(guardrail.exempt_principals, values))
        statements = []
        for statement in guardrail.statements:
            body = parameters.fill_mapping(statement.model_dump(exclude_none=True), values)
            statements.append(language.normal(_exempted(body, exempt) if statement.Effect == "Deny" else body))
        return tuple(statements)

    def document(self, body: Json) -> str:
        return language.document(_statements(body))

    def read(self, document: str) -> Sequence[PolicyStatement]:
        return language.read_document(document)

    def faults(self, body: Json) -> Iterator[Fault]:
        statements = _statements(body)
        if not statements:
            yield Fault("there is no statement")
        times = Counter(str(statement["Sid"]) for statement in statements if "Sid" in statement)
        for sid, count in sorted(times.items()):
            if count > 1:
                yield Fault(f"{sid}: {count} statements have this Sid, and it must be unique")
        for index, statement in enumerate(statements):
            name = statement.get("Sid") or f"statement {index + 1}"
            for element, message in self._statement_faults(statement):
                yield Fault(f"{name}: {message}", ("statements", index, element))

    def parse(self, name: str, body: Json) -> PolicyDocument:
        return PolicyDocument.parse(name, _statements(body))

    def default_document(self) -> PolicyDocument:
        return PolicyDocument.parse(self.default_policy, ALLOW_ALL)

    def _statement_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        for element in sorted(statement.keys() - self.elements):
            yield element, f"{element} is not an element of a {self.noun}"
        yield from self.own_faults(statement)
        yield from statement_faults(statement)


def _statements(body: Json) -> list[PolicyStatement]:
    assert isinstance(body, Sequence)
    return [statement for statement in body if isinstance(statement, Mapping)]


def _exempted(statement: PolicyStatement, exempt: Sequence[str]) -> PolicyStatement:
    """The statement with a condition that spares these principals.

    Two ArnNotLike on the same key must both hold, and each holds if no pattern of its list matches. One ArnNotLike
    with both lists therefore has exactly the same meaning.
    """
    if not exempt:
        return statement
    conditions = _mapping(statement.get("Condition", {}))
    keys = dict(_mapping(conditions.get(_EXEMPTION, {})))
    # IAM ignores the case of condition keys, and keeps only one of two that differ in nothing else.
    own = [name for name in keys if name.lower() == PRINCIPAL_ARN.lower()]
    already = [text for name in own for text in texts(keys.pop(name))]
    keys[PRINCIPAL_ARN] = [*already, *exempt]
    return {**statement, "Condition": {**conditions, _EXEMPTION: keys}}


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        message = f"expected a mapping, not {value!r}"
        raise PolicyError(message)
    return value
