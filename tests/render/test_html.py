"""A plan as a page: it holds the whole plan, loads nothing, and no text in it becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.engine.plan import Action, Blocker, Change
from bootstrap.engine.review import Placement
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address
from bootstrap.render.html.markup import text
from bootstrap.render.html.page import render_html
from bootstrap.render.text import render_text
from tests.render.formats import bare
from tests.render.organizations import NASTY, account, reorganized
from tests.render.plans import OU, PLANS

if TYPE_CHECKING:
    from collections.abc import Callable


VOID = {"meta", "input"}


class Page(HTMLParser):
    """What a browser sees of a page: its elements, which must all be closed in order, their attributes and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.inside: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"style", "script"}:
            self.inside[self.open[-1]] = data
        else:
            self.texts.append(data)

    def all(self, attribute: str) -> list[str]:
        return [value for name, value in self.attributes if name == attribute]

    @property
    def text(self) -> str:
        return "".join(self.texts)


def test_a_reorganized_organization_reads_as_its_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("reorganized.html", bare(reorganized()).rstrip("\n"))


@pytest.mark.parametrize("name", PLANS)
def test_every_address_reason_and_token_of_a_plan_is_on_its_page(name: str) -> None:
    review, page = PLANS[name], Page(render_html(PLANS[name]))
    told = " ".join(page.text.split())
    for change in review.plan.changes:
        assert change.address.name in told
    for blocker in (*review.blockers, *review.approved):
        assert blocker.reason in told
        assert f"--approve {blocker.token}" in told or not blocker.token
    # Whatever the text says of a value, the page says in the same words.
    for line in render_text(review, width=100).splitlines():
        if line.startswith("    ") and "hint:" not in line and "approve with:" not in line:
            assert " ".join(str(text_of(line)).split()) in told, line


def text_of(line: str) -> str:
    return Page(text(line)).text


def test_the_page_may_run_and_load_nothing_but_its_own_style_and_script() -> None:
    page = Page(render_html(reorganized()))
    (policy,) = (value for value in page.all("content") if "default-src" in value)
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.inside[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert "url(" not in page.inside["style"]
    assert "@import" not in page.inside["style"]
    assert not re.search(r"innerHTML|insertAdjacent|fetch|eval|document\.write", page.inside["script"])


def test_every_link_leads_to_a_story_of_the_page() -> None:
    page = Page(render_html(reorganized()))
    assert page.all("href")
    assert {link.removeprefix("#") for link in page.all("href")} <= set(page.all("id"))
    assert len(set(page.all("id"))) == len(page.all("id"))
    assert not page.all("src")


def test_each_resource_of_a_group_is_in_the_chart_and_leads_to_the_group() -> None:
    plan, accounts = PLANS["alike"].plan, [change.address for change in PLANS["alike"].plan.changes]
    within = (_inside(change) for change in plan.changes)
    page = bare(
        replace(
            PLANS["alike"],
            plan=replace(plan, changes=tuple(within)),
            placements=tuple(Placement(address, OU) for address in accounts),
        )
    )
    links = re.findall(r'href="#(s\d+)"><b class="name" title="account:(developer-\d+)"', page)
    assert sorted(name for _, name in links) == [f"developer-{number:03}" for number in range(12)]
    assert [name for anchor, name in links if anchor != "s1"] == ["developer-001"]
    first = page.partition('id="s1"')[2].partition("</details>")[0]
    assert " and 10 more" in first
    assert all(f'<b class="name">developer-{number:03}</b>' in first for number in range(12) if number != 1)


def _inside(account: Change) -> Change:
    """The same change of the account's baseline."""
    here = Address("baseline", account.address.name)
    sides = (side and replace(side, address=here, owner=account.address) for side in (account.before, account.after))
    return Change(here, *sides)


def test_a_blocker_leads_to_the_story_of_its_change() -> None:
    baseline = Blocker(Address("baseline", "tooling"), "others may enter")
    page = bare(replace(reorganized(), blockers=(baseline,)))
    anchor = re.search(r'href="#(s\d+)">baseline:tooling</a>: others may enter', page)
    assert anchor
    assert "</span>baseline:tooling</h3>" in page.partition(f'id="{anchor[1]}"')[2].partition("</details>")[0]


@given(name=st.one_of(st.text(min_size=1), st.sampled_from([NASTY, "]]><!--", "&lt;", "</pre>", "\" onload='x"])))
def test_no_name_makes_an_element_or_an_attribute(name: str) -> None:
    page, plain = (Page(render_html(reorganized(calm=0, name=given))) for given in (name, "plain"))
    # A value on a line of its own, or none, is no markup: only the lines of a value may be more or fewer.
    assert page.seen - Counter(span=page.seen["span"]) == plain.seen - Counter(span=plain.seen["span"])
    assert Counter(key for key, _ in page.attributes if key != "class") == Counter(
        key for key, _ in plain.attributes if key != "class"
    )
    assert text_of(f"weird {name}".replace("\r", "\\u000d")) in page.text.replace("\r", "\\u000d")


def test_control_characters_are_escaped() -> None:
    assert text("a\u202eb\x9bc\x00d\ud800") == "a\\u202eb\\u009bc\\u0000d\\ud800"
    assert text("tab\t, Ålice 🚀 ไทย") == "tab\t, Ålice 🚀 ไทย"
    assert "old\\nname</b>" in bare(reorganized(calm=0, name="old\nname"))


def test_the_same_plan_gives_the_same_page() -> None:
    assert render_html(reorganized()) == render_html(reorganized())


def test_a_deleted_resource_stands_where_it_was_and_a_moved_one_where_it_will_be() -> None:
    places = {str(place.address): place for place in reorganized().placements}
    beta, inventory, root = (Address("ou", path) for path in ("Workloads/Beta", "Workloads/Inventory", "Root"))
    moving = Address("account", "moving")
    assert places["account:moving"] == Placement(moving, inventory, was=beta)
    assert places["account:left"].parent == Address("ou", "Sandbox")
    assert places["ou:Sandbox"].parent == root
    assert places["account:old@example.com"].parent == Address("ou", "Legacy")
    assert not [address for address in places if address.startswith(("baseline:", "attachment:"))]


def chips(page: str) -> dict[str, str]:
    """What stands in each chip of the picture, by the address that it is of."""
    found = re.findall(r'<li class="chip[^"]*">(?:(?!</li>).)*title="(\w+:[^"]*)"(?:(?!</li>).)*</li>', page)
    lines = [line for line in page.splitlines() if line.startswith('<li class="chip')]
    return {name: Page(line).text for name in found for line in lines if f'title="{name}"' in line and "→" not in line}


def test_the_chart_shows_moves_and_renames() -> None:
    page = bare(reorganized(name="new name"))
    left = page.partition('title="ou:Workloads/Beta"')[2].partition("</details>")[0]
    assert re.search(r'<a href="#s\d+"><b[^>]*>moving</b></a> → Workloads/Inventory</li>', left)
    assert "renamed from old name to new name" in chips(page)["account:renamed"]
    key = Address("account", "alicia")
    change = Change(key, *(account(name, "Workloads", tag=name) for name in ("alice", "alicia")))
    assert _label_of(change).endswith("aliciakey was alice")


def _label_of(change: Change) -> str:
    tagged = [
        replace(side, address=change.address, body={**side.body, "tags": {KEY_TAG: side.body["tag"]}})
        for side in (change.before, change.after)
        if side
    ]
    plan = replace(PLANS["create"].plan, changes=(Change(change.address, *tagged),))
    placed = replace(PLANS["create"], plan=plan, placements=(Placement(change.address, OU),))
    return chips(bare(placed))[str(change.address)]


def test_an_inaccessible_baseline_is_noted_at_its_account() -> None:
    drawn = chips(bare(reorganized()))
    assert "keptretainedbaseline inaccessible" in drawn["account:kept"]


def test_the_legend_counts_each_action_with_its_sign() -> None:
    review = reorganized(new=3)
    page = Page(render_html(review)).text
    for action in Action:
        assert f"{review.plan.count(action)} to {action}" in page


def test_a_plan_with_nothing_to_do_says_so_and_offers_no_apply() -> None:
    page = render_html(PLANS["nothing_to_do"])
    assert "Nothing to do: 1 resource matches the YAML." in page
    assert "apply --expect" not in page
    assert "apply --expect" in render_html(PLANS["create"])


def test_a_plan_with_targets_says_what_it_leaves_out() -> None:
    page = Page(render_html(replace(PLANS["create"], targets=("ou:A&B",), left_out=2)))
    assert "Targets: ou:A&B, with what they depend on; 2 other changes left out." in page.text
