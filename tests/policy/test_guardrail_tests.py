"""The tests that stand in the guardrails' files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bootstrap.policy.guardrail_tests import run_tests
from bootstrap.spec.models import Statement
from tests.policy.made_up import DENY

if TYPE_CHECKING:
    from bootstrap.model.errors import Problem
    from bootstrap.spec.spec import Spec


def failures(spec: Spec, **changes: Any) -> list[Problem]:
    rule = spec.guardrails["org.deny-leave"].model_copy(update=changes)
    return list(run_tests(replace(spec, guardrails={rule.id: rule})))


def test_a_guardrail_that_fails_its_own_test_is_a_problem_at_the_line_of_the_test(spec: Spec) -> None:
    test = spec.guardrails["org.deny-leave"].tests[0]
    (problem,) = failures(spec, tests=[test.model_copy(update={"expect": "allow"})])
    assert problem.message == (
        "org.deny-leave: test `leaving the organization`: expected allow, got deny by DenyLeaving"
    )
    assert f"{problem.file}:{problem.line}" == spec.origin("test", "org.deny-leave/leaving the organization")


def test_a_statement_without_a_meaning_fails_the_tests_of_its_guardrail_once(spec: Spec) -> None:
    strange = Statement.model_validate({**DENY, "Condition": {"StringIs": {"aws:x": "y"}}})
    (problem,) = failures(spec, statements=[strange])
    assert "'StringIs' is not a condition operator" in problem.message
