"""The words of plans and of the ends of an apply, as golden files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap import planfile
from bootstrap.engine.apply import Done, Failed, Report, Skipped
from bootstrap.engine.plan import Blocker, Cause, Change, Inaccessible, Plan, Risk, Unmanaged, make_plan
from bootstrap.engine.review import review as make_review
from bootstrap.model.errors import AwsError
from bootstrap.model.resource import Address
from bootstrap.render.change import SIGNS, Details
from bootstrap.render.html import render_html
from bootstrap.render.markdown import LIMIT, render_markdown
from bootstrap.render.plan import render_plan
from bootstrap.render.report import render_outcome, render_report
from bootstrap.render.signs import to_the_edge
from bootstrap.render.tree import Branch, render_tree
from bootstrap.render.values import WIDTH
from bootstrap.resources.registry import KINDS
from tests.render.conftest import GOLDEN
from tests.render.formats import ALWAYS, FORMATS, kept
from tests.render.organizations import baseline
from tests.render.plans import ALICE, BASELINE, OU, PLANS, POLICY, ROLE, alike, made
from tests.render.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.engine.apply import Outcome
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Json, Resource

AGAIN = "org-bootstrap apply -C acme --yes"
CREATE = Change(ALICE, None, made(ALICE))
UPDATE = Change(OU, made(OU, a=1), made(OU, a=2))
DELETE = Change(POLICY, made(POLICY), None)
RELEASE = Change(ALICE, made(ALICE), None, forgets=True)
NEXT = Change(BASELINE, None, made(BASELINE))
ERROR = AwsError("organizations.CreateAccount", "Throttling", "not today", hint="try tomorrow")

REPORTS: Mapping[str, tuple[Outcome, ...]] = {
    "report_done": (Done(CREATE), Done(UPDATE), Done(DELETE), Done(NEXT)),
    "report_released": (Done(DELETE), Done(RELEASE)),
    "report_failed_and_skipped": (Failed(CREATE, ERROR), Done(UPDATE), Skipped(NEXT, because=ALICE)),
    "report_interrupted": (Done(UPDATE), Skipped(CREATE, because=None), Skipped(NEXT, because=ALICE)),
    "report_nothing_done": (Failed(CREATE, AwsError("sts.AssumeRole", "AccessDenied", "no", account="1")),),
}


@pytest.mark.parametrize("form", ALWAYS)
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_reads_as_its_golden_file(name: str, form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{form}", FORMATS[form](PLANS[name]).rstrip("\n"))


@pytest.mark.parametrize("name", REPORTS)
def test_the_end_of_an_apply_reads_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    outcomes = REPORTS[name]
    progress = "\n".join(render_outcome(outcome) for outcome in outcomes)
    golden(f"{name}.txt", f"{progress}\n----\n{render_report(Report(outcomes), AGAIN)}")


def test_a_tree_reads_as_its_golden_file(golden: Callable[[str, str], None]) -> None:
    leaf = Branch("leaf")
    tree = Branch("root", (Branch("first", (leaf, leaf)), Branch("last", (Branch("in", (leaf,)),))))
    golden("tree.txt", render_tree(tree))


OBEYED = "\x1b\x00\x7f\x9b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
# No screen shows them, or not as what they are: a soft hyphen, spaces of no width and of some, a filler, a tag.
OBEYED += "\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u00a0\u2003\u3000\u3164\u2800\U000e0041"
FAKE = f"Legacy\n└── faked {OBEYED}"


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_begins_a_line_or_turns_one_whatever_the_format(form: str) -> None:
    ou = Address("ou", FAKE)
    plan = make_plan(
        {ou: made(ou, FAKE, name=FAKE)},
        {},
        retained=[made(Address("account", FAKE))],
        unmanaged=[Unmanaged(Address("ou", FAKE), FAKE)],
        inaccessible=[Inaccessible(ou, FAKE)],
    )
    told = FORMATS[form](replace(PLANS["create"], plan=plan, blockers=(Blocker(ou, FAKE, FAKE, FAKE),)))
    assert not set(OBEYED) & set(told)
    if form == "json":
        assert json.loads(told)["changes"][0]["address"] == str(ou)
    else:
        assert not [line for line in told.splitlines() if line.startswith("└")]


def test_a_name_draws_no_branch_of_a_tree() -> None:
    drawn = render_tree(Branch("root", (Branch(FAKE),)))
    assert len(drawn.split("\n")) == 2
    assert not set(OBEYED) & set(drawn)


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*")} == {
        *(f"{name}.{form}" for name in PLANS for form in ALWAYS),
        *(f"scenarios/{name}.{form}" for name in SCENARIOS for form in kept(name)),
        *(f"{name}.txt" for name in REPORTS),
        "scenarios/failed_half_way.report.txt",
        "tree.txt",
        "reorganized.html",
    }


def test_what_a_caller_says_stands_in_the_place_of_the_summary() -> None:
    assert render_plan(PLANS["nothing_to_do"], said="All gone.") == "All gone."
    for render in (render_plan, render_markdown, render_html):
        told = render(PLANS["create"], said="All gone.")
        assert "All gone." in told
        assert "Plan: " not in told


def test_no_value_of_a_plan_is_longer_than_a_screen_is_wide_without_being_wrapped() -> None:
    for review in PLANS.values():
        for line in render_plan(review).splitlines():
            assert len(line) <= 160, line


def test_whatever_a_plan_says_is_wrapped_and_what_is_typed_is_not() -> None:
    words = "word " * 60
    plan = make_plan(
        {},
        {OU: made(OU)},
        unmanaged=[Unmanaged(Address("ou", name), words) for name in ("A/B c", "A/B", "A")],
        inaccessible=[Inaccessible(BASELINE, words)],
    )
    risky = tuple(replace(change, risk=Risk.MEDIUM) for change in plan.changes)
    blockers = (Blocker(OU, words, words, "x" * 120), Blocker(OU, words))
    told = render_plan(replace(PLANS["create"], plan=replace(plan, changes=risky), blockers=blockers), width=70)
    *body, _ = told.splitlines()  # the summary is one line
    assert [line for line in body if len(line) > 70] == [f"    consent: --approve {'x' * 120}"]
    assert "    no word overrides this\n" in told
    assert "rights change:\n  - ou:Workloads/Developers\n" in told
    assert re.findall(r"^  ou:(.*): word", told, re.MULTILINE) == ["A", "A/B", "A/B c"]


def test_every_format_says_which_refusal_a_word_overrides_and_why_a_thing_is_kept() -> None:
    plan = make_plan({}, {}, retained=[made(ALICE)])
    blockers = (Blocker(ALICE, "may be", token="close:alice"), Blocker(OU, "may not be"))
    for form in ("txt", "md", "html"):
        told = FORMATS[form](replace(PLANS["create"], plan=plan, blockers=blockers))
        assert told.index("may be") < told.index("--approve close:alice") < told.index("no word overrides this")
        assert "A missing line closes or removes none of these; to close an account" in told
        assert "Refused, until" not in told


def test_a_text_shown_once_is_pointed_at_where_it_comes_again() -> None:
    text = render_plan(PLANS["create_several"])
    assert text.count("sts:AssumeRole") == 1
    assert f"resources.Deploy: as in {Address('baseline', 'developer-alice')}" in text


def test_what_something_else_has_and_keeps_is_not_told_once_more() -> None:
    def of(name: str, role: Json, other: Json = "x" * 200) -> Resource:
        return made(Address("baseline", name), region="eu-west-1", resources={"Deploy": role, "Other": other})

    def told(have: list[Resource], want: list[Resource]) -> str:
        plan = make_plan(*({item.address: item for item in side} for side in (want, have)))
        return render_plan(replace(PLANS["create"], plan=plan))

    bob, carol = of("developer-bob", ROLE), of("developer-carol", ROLE)
    same = "+ resources.Deploy: as baseline:developer-bob has it"
    text = told([bob], [bob, carol])
    assert same in text
    assert '+ region: "eu-west-1"' in text, "what is short is told all the same"
    # Something else of it changes; then just this does: it is what carol gets, but not yet what bob has.
    assert same in told([of("developer-bob", ROLE, "y" * 200)], [bob, carol])
    text = told([of("developer-bob", {**ROLE, "DeletionPolicy": "Retain"})], [bob, carol])
    assert same not in text
    assert "sts:AssumeRole" in text
    assert same not in told([bob], [carol])


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("X", ["X", "Y"], ["~ Action:", '    + "Y"']),
        (["X", "Y"], "X", ["~ Action:", '    - "Y"']),
        ("X", ["X"], ['~ Action: "X" -> ["X"]']),
        ("X", "Y", ['~ Action: "X" -> "Y"']),
        ("\u00e9", "e\u0301", ['~ Action: "\\u00e9" -> "e\\u0301"']),
        (["X", "\ufb01"], ["X", "fi"], ['~ Action: ["X", "\\ufb01"] -> ["X", "fi"]']),
        ([{"Sid": "A"}, {"Sid": "B"}], [{"Sid": "B"}, {"Sid": "A"}], ["~ Action: (what stays comes in another order)"]),
        (
            ["X" * 60, 1],
            ["Y" * 60, 1],
            ["~ Action:", f'    - "{"X" * 60}"', "    - 1", f'    + "{"Y" * 60}"', "    + 1"],
        ),
    ],
)
def test_of_a_list_only_what_differs_is_told(before: Json, after: Json, lines: list[str]) -> None:
    change = Change(POLICY, made(POLICY, Action=before), made(POLICY, Action=after))
    told = Details(100, Plan((change,), {})).of(change)
    assert [line.removeprefix("    ") for line in told] == lines


def test_each_line_of_a_comment_begins_with_the_sign_that_it_belongs_to() -> None:
    told = [
        "    (a remark)",
        "    ~ a:",
        "        - x",
        "          y",
        "        + z",
        "    - b:",
        "        - item",
        "    c",
    ]
    signs = [
        "    (a remark)",
        "~     a:",
        "-         x",
        "-         y",
        "+         z",
        "-     b:",
        "-       - item",
        "    c",
    ]
    assert list(to_the_edge(told, SIGNS.values())) == signs


def _told_alone(review: PlanReview) -> int:
    return len(re.findall(r"^~ account:", render_plan(review), re.MULTILINE))


def test_changes_that_differ_in_anything_but_the_name_are_told_each() -> None:
    same = PLANS["alike"]
    first, *others = same.plan.changes
    assert first.after
    assert _told_alone(same) == 2
    for other in (
        replace(first, cause=Cause.DRIFT),
        replace(first, risk=Risk.MEDIUM),
        replace(first, remarks=("look",)),
        replace(first, after=replace(first.after, owner=OU)),
        replace(first, before=made(first.address, budget=55, open=True)),
    ):
        assert _told_alone(replace(same, plan=replace(same.plan, changes=(other, *others)))) == 3
    assert _told_alone(replace(same, blockers=(Blocker(first.address, "no"),))) == 3
    asked = tuple(replace(change, calls=()) for change in same.plan.changes)
    assert _told_alone(replace(same, plan=replace(same.plan, changes=asked))) == 12


def test_of_changes_that_are_alike_text_names_all_and_markdown_counts() -> None:
    many = replace(PLANS["alike"], plan=alike(500))
    text, comment = render_plan(many), render_markdown(many)
    assert "and the same of 498 more: developer-002, " in text
    assert set(re.findall(r"developer-\d+", text)) == {f"developer-{number:03}" for number in range(500)}
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "<summary>account:developer-000 and 498 more: 499 to update</summary>" in comment
    assert "developer-201, … and 298 more" in " ".join(comment.split())
    cut = render_markdown(many, limit=500)
    assert "Cut, since a comment has an end: 500 changes." in cut


def test_what_goes_away_is_looked_at_first_and_what_is_the_same_once() -> None:
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
    review = replace(PLANS["create"], plan=replace(plan, changes=changes))
    for form, title in (("txt", "Look closely"), ("md", "Look closely"), ("html", ">Look closely")):
        told = FORMATS[form](review).partition(title)[2]
        found = re.findall(r"(?:policy:gone-\d|account:developer-\d+\W.*?and 29 more)", told)[:4]
        assert [each[:16] for each in found] == [*map(str, policies), "account:develope"], form


def test_what_is_refused_and_what_was_consented_to_cannot_be_taken_for_each_other() -> None:
    high, other = Blocker(ALICE, "it is closed", token="close:alice"), Blocker(OU, "something is in it")
    both = replace(PLANS["create"], blockers=(high, other), approved=(Blocker(POLICY, "it goes", token="x"),))
    text = render_plan(both)
    assert "Refused:\n! account:developer-alice: it is closed\n" in text
    assert "Consented to:\n  policy:region.limit: it goes\n" in text
    for form in ("txt", "md", "html"):
        assert "0 unchanged; refused for 2 reasons." in FORMATS[form](both)
        assert "0 unchanged; refused for 1 reason." in FORMATS[form](replace(both, blockers=(high,)))
        assert "refused for" not in FORMATS[form](replace(both, blockers=()))


def test_an_inaccessible_resource_is_listed_first_and_marked_where_its_creation_is_planned() -> None:
    missed, plain = baseline("alice", "eu-west-1"), baseline("bob", "eu-west-1")
    plan = make_plan(
        {each.address: each for each in (missed, plain)}, {}, inaccessible=[Inaccessible(missed.address, "no way in")]
    )
    fingerprints = {"specs": PLANS["create"].specs, "observed": PLANS["create"].observed}
    review = replace(make_review(plan, PLANS["create"].organization, [], KINDS, ()), **fingerprints)
    for form in ("txt", "md", "html"):
        told = FORMATS[form](review)
        warned = told.index("Inaccessible, planned as absent")
        assert warned < told.index("no way in") < told.index("(inaccessible, planned as absent)"), form
        assert told.count("(inaccessible, planned as absent)") == 1
    first, second = planfile.describe(review).changes
    assert (first.remarks, second.remarks) == (["inaccessible, planned as absent"], [])
    assert first.reason == "it is in the YAML and not in AWS"


def test_the_same_world_gives_the_same_file_in_whatever_order_aws_lists_it() -> None:
    kept = [made(ALICE), made(OU)]
    unmanaged = [Unmanaged(OU, "theirs"), Unmanaged(POLICY, "theirs"), Unmanaged(POLICY, "attached")]
    inaccessible = [Inaccessible(BASELINE, "no way in"), Inaccessible(ALICE, "no way in")]
    proposals = [
        replace(
            PLANS["create"],
            plan=make_plan({}, {}, retained=kept[::way], unmanaged=unmanaged[::way], inaccessible=inaccessible[::way]),
        )
        for way in (1, -1)
    ]
    for render in FORMATS.values():
        one, other = map(render, proposals)
        assert one == other


@pytest.mark.parametrize("count", [1, 21, 100, 700, 2000])
def test_every_word_that_a_plan_takes_can_be_copied_from_a_comment(count: int) -> None:
    tokens = [f"close:developer-{number:04}" for number in range(count)]
    blockers = [Blocker(Address("account", token), "it is closed for good" * 4, token=token) for token in tokens]
    text = render_markdown(replace(_many(100), blockers=(*blockers, Blocker(OU, "something is in it"))))
    assert len(text.encode()) <= LIMIT
    assert all(f"--approve {token}" in text for token in tokens)
    assert ("`ou:Workloads/Developers`: something is in it" in text) is (count <= 100)
    assert ("… and " in text) is (count > 100)


def test_of_refusals_of_which_not_even_the_words_fit_some_are_told_and_the_rest_is_counted() -> None:
    """A secret's name has up to 512 characters, and stands in the word of its entry."""
    blockers = tuple(Blocker(OU, "no", token=f"{number:0400}") for number in range(1000))
    review = replace(PLANS["create"], blockers=blockers)
    text = render_markdown(review)
    assert len(text.encode()) <= LIMIT
    assert f"--approve {0:0400} --approve {1:0400}" in text
    assert re.search(r"… and \d+ more, for which there is no room", text)
    # Where there is no room for a single one.
    text = render_markdown(review, limit=700)
    assert len(text.encode()) <= 700
    assert "--approve" not in text
    assert "Cut, since a comment has an end: 1000 under **Refused**." in text


def test_a_long_list_of_what_is_harmless_leaves_room_for_all_else() -> None:
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
    drift = text.partition("**Changed outside since it was last applied, and put back**")[2]
    for told in (text.partition("<summary>policy:risky")[2], drift.partition("<summary>policy:outside")[2]):
        assert '~     text: "then" -> "now"' in told.partition("</details>")[0]
    assert re.search(r"Cut, since a comment has an end: \d+ changes\. The", text)


def test_what_is_typed_takes_its_room_and_no_more() -> None:
    names = tuple(f"account:developer-{number}" for number in range(3000))
    for count in (1, 100, 3000):
        text = render_markdown(replace(_many(100), targets=names[:count], left_out=1))
        assert len(text.encode()) <= LIMIT
        assert ("org-bootstrap apply --expect" in text) == (count < 3000)
        assert "To apply this and no more: " in text
    assert "what the plan is of" in text


def test_what_is_pointed_at_in_a_comment_stands_in_it() -> None:
    several = PLANS["create_several"]
    for limit in range(600, 12_000, 100):
        text = render_markdown(several, limit=limit)
        for pointed in re.findall(r"(?:as in|as of) (baseline:\S+)", text):
            assert re.search(rf"^\+ {pointed}\b", text, re.MULTILINE), limit


def _many(count: int) -> PlanReview:
    """As many new accounts, each with values of its own and with all that Markdown could stumble over."""
    accounts = (Address("account", f"developer-{number}") for number in range(count))
    want = {
        here: made(here, email=f"{here.name}@example.com", note=["``` </details> @somebody", "x" * 80, f"{here}" * 9])
        for here in accounts
    }
    return replace(PLANS["create"], plan=make_plan(want, {}))


@pytest.mark.parametrize("count", [1, 100, 500, 3000])
def test_a_comment_is_never_too_long_and_counts_what_it_leaves_out(count: int) -> None:
    text = render_markdown(_many(count))
    assert len(text) <= len(text.encode()) <= LIMIT
    shown = text.count("<summary>account:developer-") + text.count("(its details are cut)")
    left = re.search(r"Cut, since a comment has an end: (\d+) changes", text)
    assert shown + (int(left[1]) if left else 0) == count
    assert (left is None) == (count < 500)
    assert text.rstrip().endswith("`")  # the digest stays, whatever goes
    assert f"Plan: {count} to create" in text
    assert text.count("<details>") == text.count("\n</details>\n")


def test_no_name_calls_somebody_or_links_an_issue() -> None:
    name = "&commat;octocat & @octocat #12"
    here = Address("account", name)
    plan = make_plan({here: made(here)}, {})
    blocker = Blocker(Address("account", "a"), name, name)
    text = render_markdown(replace(PLANS["create"], plan=plan, blockers=(blocker,)))
    assert text.count("\\&commat;octocat \\& @&#8203;octocat \\#&#8203;12") == 2
    assert "<summary>account:&amp;commat;octocat &amp; @&#8203;octocat #&#8203;12: 1 to create</summary>" in text


def test_nothing_in_a_plan_ends_a_fold_or_calls_somebody() -> None:
    text = render_markdown(_many(1))
    fence = re.search(r"^(`{3,})diff$", text, re.MULTILINE)
    assert fence
    assert len(fence[1]) == 4
    outside = re.sub(rf"{fence[1]}diff.*?\n{fence[1]}\n", "", text, flags=re.DOTALL)
    assert "@somebody" not in outside
