"""The policy types written in IAM's policy language: the parts of a body are statements, by their Sid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from bootstrap.policy import language, parameters
from bootstrap.policy.evaluate import ALLOW_ALL, PolicyDocument
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts
from bootstrap.policy.types.policy_type import Fault, PolicyType
from bootstrap.policy.types.statement_grammar import statement_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.model.resource import Body, Json
    from bootstrap.policy.language import PolicyStatement
    from bootstrap.policy.parameters import Values
    from bootstrap.spec.models import Guardrail

_EXEMPTION: Final = "ArnNotLike"


class StatementPolicyType(PolicyType):
    """A policy type whose policies allow or deny requests."""

    elements: ClassVar[frozenset[str]]
    """The elements that AWS accepts in a statement."""

    def own_faults(self, statement: PolicyStatement) -> Iterable[tuple[str, str]]:
        """What this type alone rejects: (element, message)."""
        del statement
        return ()

    def compile(self, guardrail: Guardrail, values: Values) -> Body:
        """The statements in the order of the guardrail's file. Every Deny spares the exempt principals."""
        exempt = texts(parameters.fill(guardrail.exempt_principals, values))
        statements = []
        for statement in guardrail.statements:
            body = parameters.fill_mapping(statement.model_dump(exclude_none=True), values)
            statements.append(language.normal(_exempted(body, exempt) if statement.Effect == "Deny" else body))
        return by_sid(statements)

    def document(self, body: Body) -> str:
        return language.document(_statements(body))

    def read(self, document: str) -> Body:
        return by_sid(language.read_document(document))

    def faults(self, body: Body) -> Iterator[Fault]:
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

    def parse(self, name: str, body: Body) -> PolicyDocument:
        return PolicyDocument.parse(name, _statements(body))

    def default_document(self) -> PolicyDocument:
        return PolicyDocument.parse(self.default_policy, ALLOW_ALL)

    def _statement_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        for element in sorted(statement.keys() - self.elements):
            yield element, f"{element} is not an element of a {self.noun}"
        yield from self.own_faults(statement)
        yield from statement_faults(statement)


def by_sid(statements: Iterable[PolicyStatement]) -> Body:
    """Statements by their Sid. AWS accepts a policy without Sids: such a statement is named by its number.

    A repeated Sid gets its number too, so that no statement is lost.
    """
    body: dict[str, Json] = {}
    for number, statement in enumerate(statements, 1):
        sid = str(statement.get("Sid", f"#{number}"))
        body[f"{sid}#{number}" if sid in body else sid] = statement
    return body


def _statements(body: Body) -> Sequence[PolicyStatement]:
    return [statement for statement in body.values() if isinstance(statement, Mapping)]


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
