"""The tests in the guardrails' files: each request is decided by the compiled guardrail and AWS's default policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.policy import types
from bootstrap.policy.compile import Compiler
from bootstrap.policy.evaluate import ALLOW_ALL, decide
from bootstrap.policy.language import PolicyError, fill
from bootstrap.policy.placeholder_ids import PlaceholderIds, request_context
from bootstrap.spec.models import Request
from bootstrap.spec.problems import problem_at
from bootstrap.spec.spec import constants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.policy.evaluate import ParsedStatement
    from bootstrap.spec.models import Guardrail, GuardrailTest
    from bootstrap.spec.spec import Spec

_HINT: Final = "change the statements of the guardrail, or what the test expects"


def run_tests(spec: Spec) -> Iterator[Problem]:
    """A problem for every test that fails, or that cannot be run."""
    compiler, ids = Compiler(constants(spec.organization)), PlaceholderIds(spec)
    for guardrail in spec.guardrails.values():
        for test, failure in _failures(guardrail, compiler, ids):
            origin = spec.origin("test", f"{guardrail.id}/{test.name}") or spec.origin("guardrail", guardrail.id)
            yield problem_at(origin, f"{guardrail.id}: test `{test.name}`: {failure}", _HINT)


def _failures(guardrail: Guardrail, compiler: Compiler, ids: PlaceholderIds) -> Iterator[tuple[GuardrailTest, str]]:
    parsed: dict[str, tuple[ParsedStatement, ...]] = {}
    reported: set[str] = set()  # a statement that cannot be parsed fails every test with the same message
    for test in guardrail.tests:
        key = repr(test.parameters)
        try:
            if key not in parsed:
                body = ids.fill_body(compiler.body(guardrail, test.parameters))
                parsed[key] = types.of(guardrail.policy_type).parse(body)
            # A request may use constants, such as ${access_role}, as statements do.
            request = Request.model_validate(fill(test.request.model_dump(), compiler.known))
            decision = decide([[*ALLOW_ALL, *parsed[key]]], request_context(request, ids))
        except PolicyError as error:
            if error.message not in reported:
                yield test, error.message
            reported.add(error.message)
            continue
        if decision.allowed != (test.expect == "allow"):
            answer = "allow: no statement denies it" if decision.allowed else f"deny by {decision.statement}"
            yield test, f"expected {test.expect}, got {answer}"
