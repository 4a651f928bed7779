"""The policy types and their registry: another type is a class here, and a line in `_TYPES`."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from bootstrap import facts
from bootstrap.policy import language
from bootstrap.policy.evaluate import ParsedStatement, parse_statements
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts
from bootstrap.policy.required_permissions import resource_permissions, role_permissions
from bootstrap.policy.wildcard import ARN_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.facts import PolicyLimits
    from bootstrap.model.resource import Body, Json
    from bootstrap.policy.conditions import Condition
    from bootstrap.policy.language import PolicyStatement, Values
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.policy.required_permissions import RequiredPermission
    from bootstrap.spec.models import Guardrail
    from bootstrap.spec.spec import Spec

_EXEMPTION: Final = "ArnNotLike"
# AWS's announcement of September 2025 allows wildcards anywhere in an action, but IAM rejects one in the service:
# "Action vendors must not contain wildcards". An action with a service's full name is accepted either way.
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something AWS would reject. `path` leads to it in the guardrail's file, e.g. `("statements", 0, "Principal")`."""

    message: str
    path: tuple[str | int, ...] = ()


class PolicyType(ABC):
    """One type of organization policy.

    A *body* is the content of a policy in normal form, as named parts: statements by their Sid, or the settings of a
    management policy. Equal policies have equal bodies, and a difference of two bodies names the part. Only the type
    looks inside a part. A type whose policies decide no requests (such as tag policies) implements the four abstract
    methods and nothing else.
    """

    name: ClassVar[str]
    """As in the API of Organizations, e.g. SERVICE_CONTROL_POLICY."""
    noun: ClassVar[str]
    """In a sentence, e.g. `service control policy`."""

    @property
    def plural(self) -> str:
        return self.noun.removesuffix("y") + "ies"

    @property
    def limits(self) -> PolicyLimits:
        return facts.POLICY_TYPES[self.name]

    @abstractmethod
    def compile(self, guardrail: Guardrail, values: Values) -> Body:
        """The body for one set of parameter values. Raises PolicyError."""

    @abstractmethod
    def document(self, body: Body) -> str:
        """The text sent to AWS, without white space: Organizations counts every character."""

    @abstractmethod
    def read(self, document: str) -> Body:
        """The body of a document read from AWS: the inverse of `document`."""

    @abstractmethod
    def faults(self, body: Body) -> Iterator[Fault]:
        """Everything in a compiled body that AWS would reject as malformed, but for what the YAML's models reject."""

    def parse(self, body: Body) -> tuple[ParsedStatement, ...]:
        """The policy in the form that decides requests. Raises PolicyError for a body that cannot."""
        del body
        message = f"a {self.noun} neither allows nor denies requests"
        raise PolicyError(message)

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterable[RequiredPermission]:
        """The requests that no policy of this type may deny, or org-bootstrap could no longer manage the accounts."""
        del spec, ids
        return ()


class StatementPolicyType(PolicyType):
    """A policy type whose policies allow or deny requests."""

    elements: ClassVar[frozenset[str]]
    """The elements that AWS accepts in a statement."""

    def own_faults(self, statement: PolicyStatement) -> Iterable[tuple[str, str]]:
        """The errors in a statement that only this type has: (element, message)."""
        del statement
        return ()

    def compile(self, guardrail: Guardrail, values: Values) -> Body:
        """The statements in the order of the guardrail's file. Every Deny spares the exempt principals."""
        exempt = texts(language.fill(guardrail.exempt_principals, values))
        statements = []
        for statement in guardrail.statements:
            body = language.fill_mapping(statement.model_dump(exclude_none=True), values)
            statements.append(language.normal(_exempted(body, exempt) if statement.Effect == "Deny" else body))
        return by_sid(statements)

    def document(self, body: Body) -> str:
        return language.document(_statements(body))

    def read(self, document: str) -> Body:
        return by_sid(language.read_document(document))

    def faults(self, body: Body) -> Iterator[Fault]:
        for index, statement in enumerate(_statements(body)):
            for element, message in self._statement_faults(statement):
                yield Fault(f"{statement.get('Sid')}: {message}", ("statements", index, element))

    def parse(self, body: Body) -> tuple[ParsedStatement, ...]:
        return parse_statements(_statements(body))

    def _statement_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        for element in sorted(statement.keys() - self.elements):
            yield element, f"{element} is not an element of a {self.noun}"
        yield from self.own_faults(statement)
        yield from _grammar_faults(statement)


class ServiceControlPolicy(StatementPolicyType):
    """Limits what the principals of the member accounts may do. It has no Principal: it applies to all of an account.

    Evaluated on the side of the principal: for each request that a role or user of the account makes, anywhere. Not
    bound are the management account and service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    name = "SERVICE_CONTROL_POLICY"
    noun = "service control policy"
    elements = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        return role_permissions(spec.organization, ids)


class ResourceControlPolicy(StatementPolicyType):
    """Limits what anybody may do to the member accounts' resources: a Deny of named actions to every principal.

    Evaluated on the side of the resource: for each request to a resource of the account, whoever makes it. Not bound
    are resources of the management account and requests of service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """

    name = "RESOURCE_CONTROL_POLICY"
    noun = "resource control policy"
    elements = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"})

    def own_faults(self, statement: PolicyStatement) -> Iterator[tuple[str, str]]:
        if statement.get("Effect") == "Allow":
            yield "Effect", f"Effect must be Deny: {self.limits.default} alone allows"
        if statement.get("Principal") != "*":
            yield "Principal", f'a {self.noun} needs Principal: "*", and no other principal'
        if "*" in texts(statement.get("Action", ())):
            yield "Action", "Action must name a service, e.g. s3:*"

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterator[RequiredPermission]:
        return resource_permissions(spec, ids)


_TYPES: Final[Mapping[str, PolicyType]] = {one.name: one for one in (ServiceControlPolicy(), ResourceControlPolicy())}

GUARDRAIL_TYPES: Final = frozenset({ServiceControlPolicy.name})
"""The types that a guardrail in the YAML can have. The `policy_type` of `Guardrail` lists the same."""

DEFAULT_POLICIES: Final = frozenset(limits.default for limits in facts.POLICY_TYPES.values() if limits.default)
"""The names of the AWS-managed policies that Organizations attaches to every target."""


def of(name: str) -> PolicyType:
    """The type of this name. Raises KeyError for one that this tool cannot write."""
    return _TYPES[name]


def default_policy(name: str) -> str:
    """The AWS-managed policy of any type that AWS has, also of one this tool cannot write; empty if it has none."""
    limits = facts.POLICY_TYPES.get(name)
    return limits.default if limits else ""


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
    conditions = statement.get("Condition", {})
    assert isinstance(conditions, Mapping)
    keys = conditions.get(_EXEMPTION, {})
    assert isinstance(keys, Mapping)
    # IAM ignores the case of condition keys, and keeps only one of two that differ in nothing else.
    own = [name for name in keys if name.lower() == PRINCIPAL_ARN.lower()]
    already = [text for name in own for text in texts(keys[name])]
    others = {name: value for name, value in keys.items() if name not in own}
    spared = {**others, PRINCIPAL_ARN: [*already, *exempt]}
    return {**statement, "Condition": {**conditions, _EXEMPTION: spared}}


def _grammar_faults(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    """The causes of a MalformedPolicyDocument: (element, message); the element is empty for the whole statement."""
    try:
        parsed = ParsedStatement.parse(statement)
    except PolicyError as error:
        yield "", error.message
        return
    element = "Action" if parsed.actions else "NotAction"
    for action in parsed.actions or parsed.not_actions:
        if not _ACTION.fullmatch(action):
            yield element, f"{action!r} is not an action: write service:Name, with * and ? in the name only"
    element = "Resource" if parsed.resources else "NotResource"
    for resource in parsed.resources or parsed.not_resources:
        parts = resource.count(":") + 1
        if resource != "*" and not (resource.startswith("arn:") and parts >= ARN_PARTS):
            yield element, f"{resource!r} is not a resource: write * or an ARN of six parts"
    yield from _condition_faults(parsed.conditions)


def _condition_faults(conditions: Iterable[Condition]) -> Iterator[tuple[str, str]]:
    for condition in conditions:
        if not condition.patterns:
            yield "Condition", f"{condition.key} is compared with an empty list"
        try:
            condition.check()
        except PolicyError as error:
            yield "Condition", f"{condition.key}: {error.message}"
