"""Plans, reports and trees, compared with golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.apply import Done, Failed, Report, Skipped
from bootstrap.engine.plan import Change
from bootstrap.model.errors import AwsError
from bootstrap.render.report import render_outcome, render_report
from bootstrap.render.tree import Branch, render_tree
from tests.render.conftest import GOLDEN
from tests.render.formats import ALWAYS, FORMATS, golden_forms
from tests.render.plans import ALICE, BASELINE, OU, PLANS, POLICY, made
from tests.render.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.engine.apply import Outcome

AGAIN = "org-bootstrap apply -C acme --yes"
CREATE = Change(ALICE, None, made(ALICE))
UPDATE = Change(OU, made(OU, a=1), made(OU, a=2))
DELETE = Change(POLICY, made(POLICY), None)
FORGET = Change(ALICE, made(ALICE), None, forgets=True)
NEXT = Change(BASELINE, None, made(BASELINE))
ERROR = AwsError("organizations.CreateAccount", "Throttling", "not today", hint="try tomorrow")

REPORTS: Mapping[str, tuple[Outcome, ...]] = {
    "report_done": (Done(CREATE), Done(UPDATE), Done(DELETE), Done(NEXT)),
    "report_forgotten": (Done(DELETE), Done(FORGET)),
    "report_failed_and_skipped": (Failed(CREATE, ERROR), Done(UPDATE), Skipped(NEXT, because=ALICE)),
    "report_interrupted": (Done(UPDATE), Skipped(CREATE, because=None), Skipped(NEXT, because=ALICE)),
    "report_nothing_done": (Failed(CREATE, AwsError("sts.AssumeRole", "AccessDenied", "no", account="1")),),
}


@pytest.mark.parametrize("form", ALWAYS)
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_reads_as_its_golden_file(name: str, form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{form}", FORMATS[form](PLANS[name]).rstrip("\n"))


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_of_an_apply_reads_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    outcomes = REPORTS[name]
    progress = "\n".join(render_outcome(outcome) for outcome in outcomes)
    golden(f"{name}.txt", f"{progress}\n----\n{render_report(Report(outcomes), AGAIN)}")


def test_a_tree_reads_as_its_golden_file(golden: Callable[[str, str], None]) -> None:
    leaf = Branch("leaf")
    tree = Branch("root", (Branch("first", (leaf, leaf)), Branch("last", (Branch("in", (leaf,)),))))
    golden("tree.txt", render_tree(tree))


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*")} == {
        *(f"{name}.{form}" for name in PLANS for form in ALWAYS),
        *(f"scenarios/{name}.{form}" for name in SCENARIOS for form in golden_forms(name)),
        *(f"{name}.txt" for name in REPORTS),
        "scenarios/failed_half_way.report.txt",
        "tree.txt",
        "reorganized.html",
    }
