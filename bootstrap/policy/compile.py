"""Guardrails to policies: one for each set of values that a guardrail is given, attached where it applies."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.model.errors import Problem, SpecError
from bootstrap.policy import parameters
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, PolicyStatement, document, normal, texts
from bootstrap.policy.places import problem

if TYPE_CHECKING:
    from bootstrap.model.resource import Json
    from bootstrap.policy.parameters import Given, Values
    from bootstrap.spec.models import Guardrail
    from bootstrap.spec.spec import Spec

_EXEMPTION: Final = "ArnNotLike"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as AWS is to hold it.

    `name` is the guardrail's id, or `ID@OU` for values that are not its defaults: the first OU that has
    them, so what other OUs say of the guardrail never renames it.
    """

    name: str
    type: str
    description: str
    guardrail: str
    origin: str
    statements: tuple[PolicyStatement, ...]
    targets: tuple[str, ...]


@lru_cache(maxsize=1)
def compile_policies(spec: Spec) -> tuple[Policy, ...]:
    """Every policy that the YAML asks for, sorted by name. Raises SpecError with every problem.

    Validation and four kinds of resource ask for them, so the policies of the last Spec are kept.
    """
    problems: list[Problem] = []
    known = parameters.constants(spec)
    variants: dict[str, dict[str, _Variant]] = defaultdict(dict)
    for ou in sorted(spec.organizational_units):
        for name, given in spec.guardrails_on(ou):
            try:
                statements = compile_statements(spec.guardrails[name], given.get(name, {}), known)
            except PolicyError as error:
                problems.append(problem(spec.origin("ou", ou), f"{name} on {ou}: {error.message}"))
                continue
            variant = variants[name].setdefault(document(statements), _Variant(statements, []))
            variant.ous.append(ou)
    if problems:
        raise SpecError(problems)
    policies = [
        _policy(spec, spec.guardrails[name], variant, known)
        for name, by_document in variants.items()
        for variant in by_document.values()
    ]
    return tuple(sorted(policies, key=lambda policy: policy.name))


def compile_statements(guardrail: Guardrail, given: Given, known: Values) -> tuple[PolicyStatement, ...]:
    """The guardrail's statements for one set of values, in the order of its file."""
    values = parameters.values(guardrail, given, known)
    exempt = texts(parameters.fill(guardrail.exempt_principals, values))
    statements = []
    for statement in guardrail.statements:
        body = parameters.fill_mapping(statement.model_dump(exclude_none=True), values)
        statements.append(normal(_exempted(body, exempt) if statement.Effect == "Deny" else body))
    return tuple(statements)


@dataclass(frozen=True, slots=True)
class _Variant:
    """The statements for one set of values, and the OUs that have it."""

    statements: tuple[PolicyStatement, ...]
    ous: list[str]


def _policy(spec: Spec, guardrail: Guardrail, variant: _Variant, known: Values) -> Policy:
    return Policy(
        name=guardrail.id if _by_default(guardrail, variant, known) else _variant_name(guardrail.id, variant.ous[0]),
        type=guardrail.policy_type,
        description=guardrail.intent,
        guardrail=guardrail.id,
        origin=spec.origin("guardrail", guardrail.id),
        statements=variant.statements,
        targets=tuple(variant.ous),
    )


def _by_default(guardrail: Guardrail, variant: _Variant, known: Values) -> bool:
    """Only the default values give the plain name, so that it never depends on what other OUs say."""
    try:
        return compile_statements(guardrail, {}, known) == variant.statements
    except PolicyError:
        return False  # a parameter without a default: every set of values is somebody's own


def _variant_name(guardrail: str, ou: str) -> str:
    name = f"{guardrail}@{ou}"
    if len(name) <= facts.POLICY_NAME_MAX:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: facts.POLICY_NAME_MAX - len(digest) - 1]}-{digest}"


def _exempted(statement: PolicyStatement, exempt: Sequence[str]) -> PolicyStatement:
    """The statement with these principals left alone.

    Two ArnNotLike on the same key must both hold, and each holds if nothing in its list matches: so the
    union of the lists is exactly their AND.
    """
    if not exempt:
        return statement
    conditions = _mapping(statement.get("Condition", {}))
    keys = dict(_mapping(conditions.get(_EXEMPTION, {})))
    # IAM ignores the case of condition keys, and takes only one of two that are the same to it.
    own = [name for name in keys if name.lower() == PRINCIPAL_ARN.lower()]
    already = [text for name in own for text in texts(keys.pop(name))]
    keys[PRINCIPAL_ARN] = [*already, *exempt]
    return {**statement, "Condition": {**conditions, _EXEMPTION: keys}}


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        message = f"expected keys with their values, not {value!r}"
        raise PolicyError(message)
    return value
