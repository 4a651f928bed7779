"""Every problem of the YAML that can be found without AWS, all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.model.errors import SpecError
from bootstrap.policy.checks import check_policies
from bootstrap.policy.guardrail_tests import run_tests
from bootstrap.spec.load import load_files
from bootstrap.spec.source_file import with_source_line
from bootstrap.templates.baseline import Baselines
from bootstrap.templates.size_limits import check_baselines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bootstrap.model.errors import Problem
    from bootstrap.spec.spec import ParsedFiles, Spec


def validate(directory: Path) -> Spec:
    """The Spec of the project in `directory`. Raises SpecError with every problem."""
    files, problems = load_files(directory)
    if problems:
        failed = _failed_guardrail_tests(files, problems)
        raise SpecError([*problems, *(with_source_line(problem, directory) for problem in failed)])
    spec = files.spec()
    problems = [*check_policies(spec), *check_baselines(Baselines(spec), spec.accounts.values())]
    if problems:
        raise SpecError([with_source_line(problem, directory) for problem in problems])
    return spec


def _failed_guardrail_tests(files: ParsedFiles, problems: Sequence[Problem]) -> list[Problem]:
    """The failed tests of the guardrails without problems: these need only the organization's file too."""
    if not files.has_organization:
        return []
    wrong = {problem.file for problem in problems}
    guardrails = tuple(guardrail for guardrail in files.guardrails if guardrail.source.file not in wrong)
    return list(run_tests(replace(files, guardrails=guardrails).spec()))
