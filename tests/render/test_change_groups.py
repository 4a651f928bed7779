"""Which changes are shown as one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Blocker, Cause, Risk
from bootstrap.render.text import render_text
from tests.render.plans import OU, PLANS, made

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview


def _shown(review: PlanReview) -> int:
    return len(re.findall(r"^~ account:", render_text(review), re.MULTILINE))


def test_changes_are_grouped_only_if_they_differ_in_nothing_but_the_name() -> None:
    same = PLANS["alike"]
    first, *others = same.plan.changes
    assert first.after
    assert _shown(same) == 2
    for other in (
        replace(first, cause=Cause.DRIFT),
        replace(first, risk=Risk.MEDIUM),
        replace(first, remarks=("look",)),
        replace(first, after=replace(first.after, owner=OU)),
        replace(first, before=made(first.address, budget=55, open=True)),
    ):
        assert _shown(replace(same, plan=replace(same.plan, changes=(other, *others)))) == 3
    assert _shown(replace(same, blockers=(Blocker(first.address, "no"),))) == 3


def test_changes_with_their_calls_are_never_grouped() -> None:
    same = PLANS["alike"]
    with_calls = tuple(replace(change, calls=()) for change in same.plan.changes)
    assert _shown(replace(same, plan=replace(same.plan, changes=with_calls))) == 12
