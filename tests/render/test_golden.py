"""The words of plans and of the ends of an apply, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.apply import Done, Failed, Report, Skipped
from bootstrap.errors import AwsError
from bootstrap.model import Address
from bootstrap.plan import Change
from bootstrap.render.plan import render_plan
from bootstrap.render.report import render_outcome, render_report
from bootstrap.render.tree import Branch, render_tree
from tests.render.conftest import GOLDEN
from tests.render.plans import ALICE, BASELINE, PLANS, POLICY, UNIT, made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.apply import Outcome

AGAIN = "org-bootstrap apply -C acme --yes"
CREATE = Change(ALICE, None, made(ALICE))
UPDATE = Change(UNIT, made(UNIT, a=1), made(UNIT, a=2))
DELETE = Change(POLICY, made(POLICY), None)
RELEASE = Change(ALICE, made(ALICE), None, lasting=True)
NEXT = Change(BASELINE, None, made(BASELINE))
ERROR = AwsError("organizations.CreateAccount", "Throttling", "not today", hint="try tomorrow")

REPORTS: Mapping[str, tuple[Outcome, ...]] = {
    "report_done": (Done(CREATE), Done(UPDATE), Done(DELETE), Done(NEXT)),
    "report_released": (Done(DELETE), Done(RELEASE)),
    "report_failed_and_skipped": (Failed(CREATE, ERROR), Done(UPDATE), Skipped(NEXT, because=ALICE)),
    "report_interrupted": (Done(UPDATE), Skipped(CREATE, because=None), Skipped(NEXT, because=ALICE)),
    "report_nothing_done": (Failed(CREATE, AwsError("sts.AssumeRole", "AccessDenied", "no", account="1")),),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_reads_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    golden(name, render_plan(PLANS[name]))


@pytest.mark.parametrize("name", REPORTS)
def test_the_end_of_an_apply_reads_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    outcomes = REPORTS[name]
    progress = "\n".join(render_outcome(outcome) for outcome in outcomes)
    golden(name, f"{progress}\n----\n{render_report(Report(outcomes), AGAIN)}")


def test_a_tree_reads_as_its_golden_file(golden: Callable[[str, str], None]) -> None:
    leaf = Branch("leaf")
    golden(
        "tree", render_tree(Branch("root", (Branch("first", (leaf, leaf)), Branch("last", (Branch("in", (leaf,)),)))))
    )


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*PLANS, *REPORTS, "tree"}


def test_a_plan_with_nothing_to_do_may_say_what_that_means() -> None:
    assert render_plan(PLANS["nothing_to_do"], nothing="All gone.") == "All gone."
    assert "All gone." not in render_plan(PLANS["create"], nothing="All gone.")


def test_no_value_of_a_plan_is_longer_than_a_screen_is_wide_without_being_wrapped() -> None:
    for proposal in PLANS.values():
        for line in render_plan(proposal).splitlines():
            assert len(line) <= 160, line


def test_a_text_shown_once_is_pointed_at_where_it_comes_again() -> None:
    text = render_plan(PLANS["create_several"])
    assert text.count("sts:AssumeRole") == 1
    assert f"resources.Deploy: as in {Address('baseline', 'developer-alice')}" in text
