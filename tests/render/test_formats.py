"""What holds for a plan in every format."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bootstrap import planfile
from bootstrap.engine.plan import WHOLE, Blocker, Inaccessible, Risk, Unmanaged, make_plan
from bootstrap.engine.review import review as make_review
from bootstrap.model.resource import Address
from bootstrap.render.html.page import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.text import render_text
from bootstrap.render.tree import Branch, render_tree
from bootstrap.resources.registry import KINDS
from tests.render.formats import FORMATS
from tests.render.organizations import baseline
from tests.render.plans import ALICE, BASELINE, OU, PLANS, POLICY, made

FOR_READERS = ("txt", "md", "html")

CONTROLS = "\x1b\x00\x7f\x9b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
# Characters that no screen shows, or that look like a space: a soft hyphen, a filler, a tag …
INVISIBLE = "\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u00a0\u2003\u3000\u3164\u2800\U000e0041"
UNSEEN = CONTROLS + INVISIBLE
FAKE = f"Legacy\n└── faked {UNSEEN}"


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_starts_a_line_or_changes_its_direction(form: str) -> None:
    ou = Address("ou", FAKE)
    plan = make_plan(
        {ou: made(ou, FAKE, name=FAKE)},
        {},
        retained=[made(Address("account", FAKE))],
        unmanaged=[Unmanaged(Address("ou", FAKE), FAKE)],
        inaccessible=[Inaccessible(ou, FAKE)],
    )
    text = FORMATS[form](replace(PLANS["create"], plan=plan, blockers=(Blocker(ou, FAKE, FAKE, FAKE),)))
    assert not set(UNSEEN) & set(text)
    if form == "json":
        assert json.loads(text)["changes"][0]["address"] == str(ou)
    else:
        assert not [line for line in text.splitlines() if line.startswith("└")]


def test_no_name_adds_a_branch_to_a_tree() -> None:
    tree = render_tree(Branch("root", (Branch(FAKE),)))
    assert len(tree.split("\n")) == 2
    assert not set(UNSEEN) & set(tree)


def test_a_summary_can_be_replaced() -> None:
    assert render_text(PLANS["nothing_to_do"], summary="All gone.") == "All gone."
    for render in (render_text, render_markdown, render_html):
        text = render(PLANS["create"], summary="All gone.")
        assert "All gone." in text
        assert "Plan: " not in text


@pytest.mark.parametrize("form", FOR_READERS)
def test_a_blocker_has_its_approval_or_says_that_none_overrides_it(form: str) -> None:
    blockers = (Blocker(ALICE, "may be", token="close:alice"), Blocker(OU, "may not be"))
    text = FORMATS[form](replace(PLANS["create"], blockers=blockers))
    order = ("Blocked", "may be", "--approve close:alice", "may not be", "Cannot be overridden with --approve")
    assert [*map(text.index, order)] == sorted(map(text.index, order))


@pytest.mark.parametrize("form", FOR_READERS)
def test_a_retained_resource_is_listed_with_the_rule_that_retains_it(form: str) -> None:
    text = FORMATS[form](replace(PLANS["create"], plan=make_plan({}, {}, retained=[made(ALICE)])))
    assert text.index("Deleting a line never deletes the resource") < text.index(str(ALICE))


@pytest.mark.parametrize("form", FOR_READERS)
def test_blocked_and_approved_changes_are_told_apart(form: str) -> None:
    blocked, other = Blocker(ALICE, "it is closed", token="close:alice"), Blocker(OU, "something is in it")
    both = replace(PLANS["create"], blockers=(blocked, other), approved=(Blocker(POLICY, "it goes", token="x"),))
    text = FORMATS[form](both)
    order = ("Blocked", "it is closed", "approve with: ", "Approved", "it goes", "approved with: ")
    assert [*map(text.index, order)] == sorted(map(text.index, order))
    assert "0 unchanged; blocked for 2 reasons." in text
    assert "0 unchanged; blocked for 1 reason." in FORMATS[form](replace(both, blockers=(blocked,)))
    assert "blocked for" not in FORMATS[form](replace(both, blockers=()))


@pytest.mark.parametrize("form", FOR_READERS)
def test_deletions_are_reviewed_first_and_identical_changes_once(form: str) -> None:
    accounts = [Address("account", f"developer-{number:02}") for number in range(30)]
    policies = [Address("policy", f"gone-{number}") for number in range(3)]
    have = {
        **{here: made(here, ou="A") for here in accounts},
        **{here: made(here, own=here.name) for here in policies},
    }
    plan = make_plan({here: made(here, ou="B") for here in accounts}, have)
    changes = tuple(
        replace(change, risk=Risk.MEDIUM, calls=()) for change in sorted(plan.changes, key=lambda each: each.address)
    )
    text = FORMATS[form](replace(PLANS["create"], plan=replace(plan, changes=changes)))
    listed = text.partition("Review carefully")[2]
    found = re.findall(r"(?:policy:gone-\d|account:developer-\d+\W.*?and 29 more)", listed)[:4]
    assert [each[:16] for each in found] == [*map(str, policies), "account:develope"]


def test_an_inaccessible_resource_is_listed_first_and_marked_where_its_creation_is_planned() -> None:
    missed, plain = baseline("alice", "eu-west-1"), baseline("bob", "eu-west-1")
    plan = make_plan(
        {each.address: each for each in (missed, plain)}, {}, inaccessible=[Inaccessible(missed.address, "no way in")]
    )
    fingerprints = {"specs": PLANS["create"].specs, "observed": PLANS["create"].observed}
    review = replace(make_review(plan, PLANS["create"].organization, [], KINDS, ()), **fingerprints)
    for form in FOR_READERS:
        text = FORMATS[form](review)
        listed = text.index("Inaccessible (planned as absent)")
        assert listed < text.index("no way in") < text.index("(inaccessible, planned as absent)"), form
        assert text.count("(inaccessible, planned as absent)") == 1
    first, second = planfile.describe(review).changes
    assert (first.remarks, second.remarks) == (["inaccessible, planned as absent"], [])
    assert first.reason == "it is in the YAML and not in AWS"


@pytest.mark.parametrize("form", FORMATS)
def test_the_order_in_which_aws_lists_resources_changes_nothing(form: str) -> None:
    retained = [made(ALICE), made(OU)]
    unmanaged = [Unmanaged(OU, "theirs"), Unmanaged(POLICY, "theirs"), Unmanaged(POLICY, "attached")]
    inaccessible = [Inaccessible(BASELINE, "no way in"), Inaccessible(ALICE, "no way in")]
    plans = [
        make_plan({}, {}, retained=retained[::way], unmanaged=unmanaged[::way], inaccessible=inaccessible[::way])
        for way in (1, -1)
    ]
    one, other = (FORMATS[form](replace(PLANS["create"], plan=plan)) for plan in plans)
    assert one == other


@pytest.mark.parametrize("form", FOR_READERS)
def test_a_blocker_may_be_about_the_whole_plan(form: str) -> None:
    blocker = Blocker(WHOLE, "affects 40 of 50 accounts", token="accounts:40")
    text = FORMATS[form](replace(PLANS["create"], blockers=(blocker,)))
    assert "whole plan" in text
    assert str(WHOLE) not in text
