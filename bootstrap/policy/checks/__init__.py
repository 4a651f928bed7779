"""Everything about guardrails and their policies that can be known to be wrong before AWS is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.policy.checks.grammar import check_grammar
from bootstrap.policy.checks.guardrail_tests import run_tests
from bootstrap.policy.checks.limits import check_limits
from bootstrap.policy.checks.lockout import check_lockout
from bootstrap.policy.compile import compile_policies

if TYPE_CHECKING:
    from bootstrap.model.errors import Problem
    from bootstrap.spec.spec import Spec


def check_policies(spec: Spec) -> list[Problem]:
    """Every problem of every check. Raises SpecError where the guardrails do not compile."""
    policies = compile_policies(spec)
    return [
        *check_grammar(spec, policies),
        *check_limits(spec, policies),
        *run_tests(spec),
        *check_lockout(spec, policies),
    ]
