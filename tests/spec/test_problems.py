"""The text of a problem."""

from __future__ import annotations

import pytest

from bootstrap.model.errors import Problem
from bootstrap.spec.problems import render_problem
from bootstrap.spec.source_file import Place, SourceFile


def test_a_problem_shows_its_line_with_a_mark() -> None:
    problem = Problem("a.yaml", 3, 3, "unknown key `ownr`", "did you mean `owner`?", "  ownr: alice@example.com")
    assert render_problem(problem) == (
        "a.yaml:3:3: unknown key `ownr`\n"
        "    3 |   ownr: alice@example.com\n"
        "      |   ^^^^\n"
        "  hint: did you mean `owner`?"
    )


def test_a_problem_without_line_and_hint_is_its_place_and_message() -> None:
    assert render_problem(Problem("a.yaml", 1, 1, "is a folder")) == "a.yaml:1:1: is a folder"


@pytest.mark.parametrize(
    ("source", "column", "marks"),
    [
        ("email: a+b@c.de", 8, "       ^^^^^^^^"),
        ("x: arn:aws:s3", 4, "   ^^^^^^^^^^"),
        ("x: 'a b' c", 4, "   ^^^^^"),
        ("[a, bc]", 5, "    ^^"),
        ("{a}", 1, "^"),
        ("界: ownr", 4, "    ^^^^"),
    ],
)
def test_one_word_is_marked(source: str, column: int, marks: str) -> None:
    lines = render_problem(Problem("a.yaml", 1, column, "wrong", "", source)).splitlines()
    assert lines[2] == f"      | {marks}"


def test_a_place_after_the_end_of_the_line_has_no_mark() -> None:
    assert "^" not in render_problem(Problem("a.yaml", 1, 9, "wrong", "", "abc"))


def test_control_characters_of_a_line_are_replaced() -> None:
    source = SourceFile("a.yaml", "a: \x1b[31m\u202eb\tc")
    problem = source.problem(Place(1, 1, 1, 2), "wrong \x1b[2J")
    assert problem.source.isprintable()
    assert problem.message.isprintable()


def test_a_very_long_line_is_cut() -> None:
    problem = SourceFile("a.yaml", "a" * 1_000_000).problem(Place(1, 1, 1, 2), "wrong")
    assert len(problem.source) < 1000
