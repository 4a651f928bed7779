"""A plan as a comment: its size, and text that must not become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import Blocker, Cause, Risk, Unmanaged, make_plan
from bootstrap.model.resource import Address
from bootstrap.render.lines import SYMBOLS, symbol_first
from bootstrap.render.markdown import LIMIT, render_markdown
from tests.render.organizations import attachment
from tests.render.plans import OU, PLANS, alike, made

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview

TRUNCATED = "Truncated to the comment size limit; omitted: "


def _many(count: int) -> PlanReview:
    """New accounts, each with values of its own and with everything that Markdown could interpret."""
    accounts = (Address("account", f"developer-{number}") for number in range(count))
    want = {
        here: made(here, email=f"{here.name}@example.com", note=["``` </details> @somebody", "x" * 80, f"{here}" * 9])
        for here in accounts
    }
    return replace(PLANS["create"], plan=make_plan(want, {}))


@pytest.mark.parametrize("count", [1, 100, 500, 3000])
def test_a_comment_is_never_too_long_and_counts_what_it_omits(count: int) -> None:
    text = render_markdown(_many(count))
    assert len(text) <= len(text.encode()) <= LIMIT
    shown = text.count("<summary>account:developer-") + text.count("(details omitted)")
    omitted = re.search(rf"{TRUNCATED}(\d+) changes", text)
    assert shown + (int(omitted[1]) if omitted else 0) == count
    assert (omitted is None) == (count < 500)
    assert text.rstrip().endswith("`")  # the command with the digest is never omitted
    assert f"Plan: {count} to create" in text
    assert text.count("<details>") == text.count("\n</details>\n")


@pytest.mark.parametrize("count", [1, 21, 100, 700, 2000])
def test_every_approval_can_be_copied_from_a_comment(count: int) -> None:
    tokens = [f"close:developer-{number:04}" for number in range(count)]
    blockers = [Blocker(Address("account", token), "it is closed for good" * 4, token=token) for token in tokens]
    text = render_markdown(replace(_many(100), blockers=(*blockers, Blocker(OU, "something is in it"))))
    assert len(text.encode()) <= LIMIT
    assert all(f"--approve {token}" in text for token in tokens)
    assert ("`ou:Workloads/Developers`: something is in it" in text) is (count <= 100)
    assert ("… and " in text) is (count > 100)


def test_approvals_beyond_the_limit_are_counted() -> None:
    """The name of a secret has up to 512 characters and is part of its token."""
    blockers = tuple(Blocker(OU, "no", token=f"{number:0400}") for number in range(1000))
    review = replace(PLANS["create"], blockers=blockers)
    text = render_markdown(review)
    assert len(text.encode()) <= LIMIT
    assert f"--approve {0:0400} --approve {1:0400}" in text
    assert re.search(r"… and \d+ more beyond the size limit", text)
    # No room for a single one.
    text = render_markdown(review, limit=700)
    assert len(text.encode()) <= 700
    assert "--approve" not in text
    assert f"{TRUNCATED}1000 under Blocked. The plan file has everything." in text


def test_risky_changes_and_drift_have_room_before_a_long_list_of_harmless_changes() -> None:
    risky, outside = Address("policy", "risky"), Address("policy", "outside")
    want = {here: made(here, text="now") for here in (risky, outside)}
    plan = make_plan(want, {here: made(here, text="then") for here in want})
    harmless = _many(3000).plan
    causes = {outside: (Cause.DRIFT, Risk.MEDIUM), risky: (Cause.ASKED, Risk.MEDIUM)}
    changes = [
        *harmless.changes,
        *(replace(each, cause=causes[each.address][0], risk=causes[each.address][1]) for each in plan.changes),
    ]
    unmanaged = [Unmanaged(Address("policy", "theirs"), "somebody made it")]
    whole = replace(plan, changes=tuple(changes), waits={**harmless.waits, **plan.waits}, unmanaged=tuple(unmanaged))
    text = render_markdown(replace(PLANS["create"], plan=whole))
    assert len(text.encode()) <= LIMIT
    assert "policy:theirs: somebody made it" in text
    drift = text.partition("**Drift: changed outside org-bootstrap, reverted by this plan**")[2]
    for shown in (text.partition("<summary>policy:risky")[2], drift.partition("<summary>policy:outside")[2]):
        assert '~     text: "then" -> "now"' in shown.partition("</details>")[0]
    assert re.search(rf"{TRUNCATED}\d+ changes\. The", text)


def test_risky_changes_beyond_those_listed_are_counted() -> None:
    have = {
        here: made(here, own=here.name) for here in (Address("policy", f"gone-{number:02}") for number in range(30))
    }
    plan = make_plan({}, have)
    risky = tuple(replace(change, risk=Risk.MEDIUM) for change in plan.changes)
    text = render_markdown(replace(PLANS["create"], plan=replace(plan, changes=risky)))
    assert "- `- policy:gone-19`\n- … and 10 more\n" in text


def test_a_command_that_is_too_long_is_not_shown() -> None:
    names = tuple(f"account:developer-{number}" for number in range(3000))
    for count in (1, 100, 3000):
        text = render_markdown(replace(_many(100), targets=names[:count], left_out=1))
        assert len(text.encode()) <= LIMIT
        assert ("org-bootstrap apply --expect" in text) == (count < 3000)
        assert "To apply exactly this plan: " in text
    assert "the targets" in text


def test_a_reference_leads_to_something_in_the_same_comment() -> None:
    several = PLANS["create_several"]
    for limit in range(600, 12_000, 100):
        text = render_markdown(several, limit=limit)
        for address in re.findall(r"same as (baseline:\S+)", text):
            assert re.search(rf"^\+ {address}\b", text, re.MULTILINE), limit


def test_a_group_names_some_of_its_resources_and_counts_the_rest() -> None:
    many = replace(PLANS["alike"], plan=alike(500))
    comment = render_markdown(many)
    assert "<summary>account:developer-000 and 498 more: 499 to update</summary>" in comment
    assert "developer-201, … and 298 more" in " ".join(comment.split())
    assert f"{TRUNCATED}500 changes." in render_markdown(many, limit=500)


def test_no_name_mentions_somebody_or_links_an_issue() -> None:
    name = "&commat;octocat & @octocat #12"
    here = Address("account", name)
    plan = make_plan({here: made(here)}, {})
    text = render_markdown(
        replace(PLANS["create"], plan=plan, blockers=(Blocker(Address("account", "a"), name, name),))
    )
    assert text.count("\\&commat;octocat \\& @&#8203;octocat \\#&#8203;12") == 2
    assert "<summary>account:&amp;commat;octocat &amp; @&#8203;octocat #&#8203;12: 1 to create</summary>" in text


def test_no_value_ends_a_fold_or_mentions_somebody() -> None:
    text = render_markdown(_many(1))
    fence = re.search(r"^(`{3,})diff$", text, re.MULTILINE)
    assert fence
    assert len(fence[1]) == 4
    outside = re.sub(rf"{fence[1]}diff.*?\n{fence[1]}\n", "", text, flags=re.DOTALL)
    assert "@somebody" not in outside


def test_each_line_begins_with_its_symbol() -> None:
    lines = [
        "    (a remark)",
        "    ~ a:",
        "        - x",
        "          y",
        "        + z",
        "    - b:",
        "        - item",
        "    c",
    ]
    moved = [
        "    (a remark)",
        "~     a:",
        "-         x",
        "-         y",
        "+         z",
        "-     b:",
        "-       - item",
        "    c",
    ]
    assert list(symbol_first(lines, SYMBOLS.values())) == moved


def test_the_title_of_a_fold_says_what_is_detached() -> None:
    here = attachment("region.limit", "Workloads")
    text = render_markdown(replace(PLANS["create"], plan=make_plan({}, {here.address: here})))
    assert "<summary>ou:Workloads: 1 attachment to delete</summary>" in text
