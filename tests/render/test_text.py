"""A plan as text."""

from __future__ import annotations

import re
from dataclasses import replace

from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Risk, Unmanaged, make_plan
from bootstrap.model.resource import Address
from bootstrap.render.lines import WIDTH
from bootstrap.render.text import render_text
from tests.render.plans import BASELINE, OU, PLANS, alike, made


def test_long_values_are_wrapped() -> None:
    for review in PLANS.values():
        for line in render_text(review).splitlines():
            assert len(line) <= 160, line


def test_sentences_are_wrapped_and_commands_are_not() -> None:
    words = "word " * 60
    plan = make_plan(
        {},
        {OU: made(OU)},
        unmanaged=[Unmanaged(Address("ou", name), words) for name in ("A/B c", "A/B", "A")],
        inaccessible=[Inaccessible(BASELINE, words)],
    )
    risky = tuple(replace(change, risk=Risk.MEDIUM) for change in plan.changes)
    blockers = (Blocker(OU, words, words, "x" * 120), Blocker(OU, words))
    text = render_text(replace(PLANS["create"], plan=replace(plan, changes=risky), blockers=blockers), width=70)
    *body, _ = text.splitlines()  # the summary is one line
    assert [line for line in body if len(line) > 70] == [f"    approve with: --approve {'x' * 120}"]
    assert "    Cannot be overridden with --approve\n" in text
    assert "Review carefully: deletions and permission changes\n  - ou:Workloads/Developers\n" in text
    assert re.findall(r"^  ou:(.*): word", text, re.MULTILINE) == ["A", "A/B", "A/B c"]


def test_a_plan_with_targets_says_what_it_leaves_out() -> None:
    narrowed = replace(PLANS["create"], targets=("account:developer-alice", "ou:A&B"))
    for left_out, end in ((1, "1 other change left out."), (2, "2 other changes left out.")):
        text = render_text(replace(narrowed, left_out=left_out))
        assert f"Targets: account:developer-alice, ou:A&B, with what they depend on; {end}\n" in text


def test_a_raised_limit_is_in_effect_after_the_apply() -> None:
    text = render_text(replace(PLANS["create"], raised=("max_deletes 10 -> 20",)))
    assert "Raised limits in `safety`, in effect after a complete apply: max_deletes 10 -> 20.\n" in text


def test_drift_has_a_section_of_its_own() -> None:
    review = PLANS["create"]
    changes = tuple(replace(change, cause=Cause.DRIFT) for change in review.plan.changes)
    text = render_text(replace(review, plan=replace(review.plan, changes=changes)))
    assert text.startswith("Drift: changed outside org-bootstrap, reverted by this plan\n\n+ account:developer-alice")


def test_a_group_names_all_its_resources() -> None:
    text = render_text(replace(PLANS["alike"], plan=alike(500)))
    assert "and the same for 498 more: developer-002, " in text
    assert set(re.findall(r"developer-\d+", text)) == {f"developer-{number:03}" for number in range(500)}
    assert all(len(line) <= WIDTH for line in text.splitlines())
