"""Everything that can be known to be wrong before AWS is asked: offline, and all of it at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.model.errors import SpecError
from bootstrap.policy.checks import check_policies
from bootstrap.policy.checks.guardrail_tests import run_tests
from bootstrap.spec.assemble import assemble
from bootstrap.spec.load import read
from bootstrap.spec.source import quoted
from bootstrap.templates.baseline import Baselines
from bootstrap.templates.limits import check_template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft
    from bootstrap.spec.spec import Spec


def validate(directory: Path) -> Spec:
    """The YAML below `directory`, known to be sound. Raises SpecError with every problem."""
    draft, problems = read(directory)
    if problems:
        raise SpecError([*problems, *(quoted(found, directory) for found in _tests_failed(draft, problems))])
    spec = assemble(draft)
    problems += check_policies(spec)
    baselines = Baselines(spec)
    for account in spec.accounts.values():
        for template in baselines.of(account).values():
            problems += check_template(template, account)
    if problems:
        raise SpecError([quoted(problem, directory) for problem in problems])
    return spec


def _tests_failed(draft: Draft, problems: Sequence[Problem]) -> list[Problem]:
    """The tests of guardrails that have no other problem: they can be run without the rest."""
    if not draft.has_organization:
        return []
    wrong = {problem.file for problem in problems}
    sound = tuple(one for one in draft.guardrails if one.source.file not in wrong)
    return list(run_tests(assemble(replace(draft, guardrails=sound))))
