"""Every case in cases/: invalid YAML, and the text of each problem with its place and hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.model.errors import SpecError
from bootstrap.spec.load import load
from bootstrap.spec.problems import render_problem
from tests.spec.cases import HERE, Case, read_cases

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted((HERE / "cases").glob("*.txt"))
    for case in read_cases(path)
]


@pytest.mark.parametrize("case", CASES)
def test_invalid_yaml_gives_every_problem_at_its_place(case: Case, project: Path, pytestconfig: pytest.Config) -> None:
    case.write(project)
    with pytest.raises(SpecError) as caught:
        load(project)
    text = "\n".join(render_problem(problem) for problem in caught.value.problems)
    if pytestconfig.getoption("--update-golden"):
        case.update(text)
    else:
        assert text == case.expected


@pytest.mark.parametrize("case", CASES)
def test_every_problem_has_a_hint(case: Case, project: Path) -> None:
    case.write(project)
    with pytest.raises(SpecError) as caught:
        load(project)
    assert all(problem.hint for problem in caught.value.problems)
