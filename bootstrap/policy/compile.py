"""Guardrails to policies: one policy for each set of parameter values, attached to every OU that gives these values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.model.errors import Problem, SpecError
from bootstrap.policy import types
from bootstrap.policy.language import PolicyError, parameter_values
from bootstrap.spec.problems import problem_at
from bootstrap.spec.spec import constants

if TYPE_CHECKING:
    from bootstrap.model.resource import Body
    from bootstrap.policy.language import Given, Values
    from bootstrap.spec.models import Guardrail
    from bootstrap.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as AWS is to hold it. `body` is its content in the form of its type, `targets` are paths of OUs.

    `name` is the guardrail's id where the values are its defaults, and else `ID@OU` with the first OU that gives
    them: what other OUs give never renames a policy.
    """

    name: str
    type: str
    description: str
    guardrail: str
    origin: str
    body: Body
    targets: tuple[str, ...]


@lru_cache(maxsize=1)
def compile_policies(spec: Spec) -> tuple[Policy, ...]:
    """Every policy that the YAML asks for, sorted by name. Raises SpecError with every problem.

    Validation and four kinds of resource ask for them, so the policies of the last Spec are kept.
    """
    compiler = Compiler(constants(spec.organization))
    policies: dict[tuple[str, str], Policy] = {}
    problems: list[Problem] = []
    for ou in sorted(spec.organizational_units):
        for name, given in spec.guardrails_on(ou):
            guardrail = spec.guardrails[name]
            try:
                body = compiler.body(guardrail, given)
            except PolicyError as error:
                problems.append(problem_at(spec.origin("ou", ou), f"{name} on {ou}: {error.message}"))
                continue
            key = name, types.of(guardrail.policy_type).document(body)
            if key in policies:
                policies[key] = replace(policies[key], targets=(*policies[key].targets, ou))
            else:
                policies[key] = Policy(
                    name=name if compiler.default_body(guardrail) == body else _variant_name(name, ou),
                    type=guardrail.policy_type,
                    description=guardrail.intent,
                    guardrail=name,
                    origin=spec.origin("guardrail", name),
                    body=body,
                    targets=(ou,),
                )
    if problems:
        raise SpecError(problems)
    return tuple(sorted(policies.values(), key=lambda policy: policy.name))


class Compiler:
    """Compiles guardrails, each set of values once, however many OUs or tests give it."""

    def __init__(self, known: Values) -> None:
        self.known = known
        self._bodies: dict[tuple[str, str], Body] = {}

    def body(self, guardrail: Guardrail, given: Given) -> Body:
        """The content for these values of the guardrail's parameters. Raises PolicyError."""
        key = guardrail.id, repr(sorted(given.items()))
        if key not in self._bodies:
            values = parameter_values(guardrail, given, self.known)
            self._bodies[key] = types.of(guardrail.policy_type).compile(guardrail, values)
        return self._bodies[key]

    def default_body(self, guardrail: Guardrail) -> Body | None:
        """The content for the default values, or None where a parameter has no default."""
        try:
            return self.body(guardrail, {})
        except PolicyError:
            return None


def _variant_name(guardrail: str, ou: str) -> str:
    name = f"{guardrail}@{ou}"
    if len(name) <= facts.POLICY_NAME_MAX:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: facts.POLICY_NAME_MAX - len(digest) - 1]}-{digest}"
