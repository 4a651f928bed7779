"""The tests in the guardrails' files: each request is decided by the compiled guardrail and AWS's default policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.policy import parameters, types
from bootstrap.policy.compile import Compiler
from bootstrap.policy.evaluate import Decision, allow_all, decide
from bootstrap.policy.language import PolicyError
from bootstrap.policy.placeholder_ids import PlaceholderIds, request_context
from bootstrap.spec.models import Request
from bootstrap.spec.problems import problem_at
from bootstrap.spec.spec import constants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.policy.evaluate import PolicyDocument
    from bootstrap.spec.models import Guardrail, GuardrailTest
    from bootstrap.spec.spec import Spec

_HINT: Final = "change the statements of the guardrail, or what the test expects"


def run_tests(spec: Spec) -> Iterator[Problem]:
    """A problem for every test that fails, or that cannot be run."""
    runner = _Runner(spec)
    for guardrail in spec.guardrails.values():
        for test, failure in runner.failures(guardrail):
            origin = spec.origin("test", f"{guardrail.id}/{test.name}") or spec.origin("guardrail", guardrail.id)
            yield problem_at(origin, f"{guardrail.id}: test `{test.name}`: {failure}", _HINT)


class _Runner:
    def __init__(self, spec: Spec) -> None:
        self._constants = constants(spec.organization)
        self._ids = PlaceholderIds(spec)
        self._compiler = Compiler(self._constants)

    def failures(self, guardrail: Guardrail) -> Iterator[tuple[GuardrailTest, str]]:
        documents: dict[str, PolicyDocument] = {}
        reported: set[str] = set()  # a statement that cannot be parsed fails every test with the same message
        for test in guardrail.tests:
            key = repr(test.parameters)
            try:
                if key not in documents:
                    documents[key] = self._document(guardrail, test)
                decision = self._decide(guardrail, documents[key], test)
            except PolicyError as error:
                if error.message not in reported:
                    yield test, error.message
                reported.add(error.message)
                continue
            if decision.allowed != (test.expect == "allow"):
                yield test, f"expected {test.expect}, got {_answer(decision)}"

    def _document(self, guardrail: Guardrail, test: GuardrailTest) -> PolicyDocument:
        body = self._ids.fill_body(self._compiler.body(guardrail, test.parameters))
        return types.of(guardrail.policy_type).parse(guardrail.id, body)

    def _decide(self, guardrail: Guardrail, document: PolicyDocument, test: GuardrailTest) -> Decision:
        # A request may use constants, such as ${access_role}, as statements do.
        request = Request.model_validate(parameters.fill(test.request.model_dump(), self._constants))
        default = allow_all(types.default_policy(guardrail.policy_type))
        return decide([[default, document]], request_context(request, self._ids))


def _answer(decision: Decision) -> str:
    return "allow: no statement denies it" if decision.allowed else f"deny by {decision.statement}"
