"""The guardrails' own tests: each request asked of the guardrail as it compiles, beside FullAWSAccess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.policy import parameters
from bootstrap.policy.calls import call
from bootstrap.policy.compile import compile_statements
from bootstrap.policy.evaluate import FULL_ACCESS, Decision, Document, decide
from bootstrap.policy.language import PolicyError
from bootstrap.policy.places import problem
from bootstrap.policy.stand_ins import StandIns
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.policy.parameters import Values
    from bootstrap.spec.models import Guardrail, GuardrailTest
    from bootstrap.spec.spec import Spec


_HINT = "change the guardrail's statements, or what the test expects"


def examine(spec: Spec) -> list[Problem]:
    """Every test of every guardrail that does not get the answer it expects."""
    known, stand_ins = parameters.constants(spec), StandIns(spec)
    return [
        problem(_place(spec, guardrail, test), f"{guardrail.id}: test `{test.name}`: {fault}", hint=_HINT)
        for guardrail in spec.guardrails.values()
        for test, fault in _faults(guardrail, known, spec.organization.home_region, stand_ins)
    ]


def _faults(
    guardrail: Guardrail, known: Values, home_region: str, stand_ins: StandIns
) -> Iterator[tuple[GuardrailTest, str]]:
    told: set[str] = set()  # a statement that cannot be read fails every test alike
    for test in guardrail.tests:
        try:
            statements = stand_ins.filled(compile_statements(guardrail, test.parameters, known))
            document = Document.read(guardrail.id, statements)
            decision = decide([[FULL_ACCESS, document]], call(_filled(test.request, known), home_region, stand_ins))
        except PolicyError as error:
            if error.message not in told:
                yield test, error.message
            told.add(error.message)
            continue
        if decision.allowed != (test.expect == "allow"):
            yield test, f"expected {test.expect}, got {_answer(decision)}"


def _filled(request: Request, known: Values) -> Request:
    """The request with what the organization itself says, such as `${access_role}`, as statements have it."""
    asked = parameters.fill(request.model_dump(), known)
    return Request.model_validate(asked)


def _place(spec: Spec, guardrail: Guardrail, test: GuardrailTest) -> str:
    return spec.origin("test", f"{guardrail.id}/{test.name}") or spec.origin("guardrail", guardrail.id)


def _answer(decision: Decision) -> str:
    return "allow: no statement denies it" if decision.allowed else f"deny by {decision.statement}"
