"""The page in a browser, used as a reader does: with keys, offline, with and without JavaScript."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import make_plan
from bootstrap.engine.review import Placement
from bootstrap.model.resource import Address
from bootstrap.render.html import render_html
from tests.render.chromium import CHROMIUM, browser
from tests.render.organizations import reorganized
from tests.render.plans import OU, PLANS, ROLE, alike, made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.render.chromium import Browser

# Where nobody reads what was skipped, it has to be there.
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium here: apt-get install chromium"
)

CALM, NEW = 300, 200
SHOWN = "[...document.querySelectorAll('%s')].filter(e => e.checkVisibility()).map(%s)"
NAMES = "e => e.querySelector('.name').textContent"
STORIES, CHIPS = (SHOWN % (which, NAMES) for which in (".story", ".chart .chip"))
FOCUS = "document.activeElement.id || document.activeElement.parentElement.id"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "plan.html"
    path.write_text(render_html(reorganized(CALM, NEW)), "utf-8")
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def reader(chromium: Browser, page: Path) -> Iterator[Browser]:
    """A fresh page; whatever a test does, nothing may be said on the console or asked of the network."""
    chromium.look(1400)
    chromium.said.clear()
    chromium.requests.clear()
    chromium.open(page)
    yield chromium
    assert chromium.said == []
    assert set(chromium.requests) == {page.as_uri()}


def test_a_slash_leads_to_the_search_which_narrows_the_stories_and_the_picture(reader: Browser) -> None:
    before = len(reader.run(STORIES))
    assert before > NEW
    reader.press("/")
    assert reader.run(FOCUS) == "search"
    reader.type("NEW-19")
    numbered = [f"new-{number}" for number in range(190, 200)]
    assert reader.run(STORIES) == numbered
    assert reader.run(CHIPS) == numbered
    assert reader.run("document.getElementById('found').textContent") == f"10 of {before} shown"
    reader.press("Escape")
    assert len(reader.run(STORIES)) == before


def test_a_search_finds_what_is_folded_away_and_puts_it_back(reader: Browser) -> None:
    assert "calm-007" not in reader.run(CHIPS)
    reader.press("/")
    reader.type("calm-007")
    assert reader.run(CHIPS) == ["calm-007"]
    reader.press("Escape")
    assert "calm-007" not in reader.run(CHIPS)


def test_a_search_for_an_ou_shows_all_that_stands_in_it(reader: Browser) -> None:
    reader.press("/")
    reader.type("legacy")
    assert reader.run(CHIPS) == ["kept", "old@example.com"]


def test_a_search_for_a_value_shows_what_it_is_told_of(reader: Browser) -> None:
    reader.press("/")
    reader.type("us-east-1 eu-west-1")
    assert reader.run(STORIES) == ["renamed", "tooling"]
    assert reader.run(CHIPS) == ["tooling", "renamed"]


def test_a_search_for_one_of_things_that_are_alike_shows_that_one(chromium: Browser, page: Path) -> None:
    other = page.with_name("alike.html")
    many = replace(PLANS["alike"], plan=alike(500))
    other.write_text(render_html(replace(many, placements=tuple(Placement(c.address, OU) for c in many.plan.changes))))
    chromium.open(other)
    for typed, stories, chips in (("developer-042", 1, 1), ("budget developer-000", 1, 1), ("budget: 50", 2, 500)):
        chromium.press("/")
        chromium.type(typed)
        assert (len(chromium.run(STORIES)), len(chromium.run(CHIPS))) == (stories, chips), typed
        chromium.press("Escape")
        chromium.run("document.activeElement.blur()")


def test_a_search_finds_what_a_story_only_points_at(chromium: Browser, page: Path) -> None:
    """One gets what another one gets, too, and a third what another one has already."""
    other = page.with_name("pointed.html")
    there, new = (
        [made(Address("baseline", name), region=f"region-of-{name}", resources={"Deploy": role}) for name in names]
        for names, role in ((("old", "like-old"), {**ROLE, "DeletionPolicy": "Retain"}), (("one", "two"), ROLE))
    )
    plan = make_plan({each.address: each for each in (*there, *new)}, {there[0].address: there[0]})
    other.write_text(render_html(replace(PLANS["create"], plan=plan)), "utf-8")
    chromium.open(other)
    text = chromium.run("document.body.innerText")
    for typed, stories in (("sts:AssumeRole", ["like-old", "one", "two"]), ("Retain", ["like-old"])):
        chromium.press("/")
        chromium.type(typed)
        assert chromium.run(STORIES) == stories, typed
        chromium.press("Escape")
        chromium.run("document.activeElement.blur()")
    assert "Retain" not in text, "it is found, and not shown"
    assert chromium.said == []


def test_enter_in_the_search_leads_to_the_first_story_and_opens_it(reader: Browser) -> None:
    reader.press("/")
    reader.type("new-042")
    reader.press("Enter")
    story = reader.run("document.activeElement.parentElement.open && document.activeElement.textContent")
    assert "new-042" in story


def test_enter_prefers_what_is_named_to_what_is_mentioned(chromium: Browser, page: Path) -> None:
    other = page.with_name("mentioned.html")
    other.write_text(render_html(reorganized(calm=0, name="tooling")), "utf-8")
    chromium.open(other)
    chromium.press("/")
    chromium.type("tooling")
    assert chromium.run(STORIES) == ["renamed", "weird tooling", "tooling"]
    chromium.press("Enter")
    assert str(chromium.run("document.activeElement.textContent")).startswith("account:weird tooling")


def test_a_search_finds_a_name_however_its_accents_are_written(chromium: Browser, page: Path) -> None:
    other = page.with_name("accents.html")
    other.write_text(render_html(reorganized(calm=0, name="zoe\u0301")), "utf-8")
    chromium.open(other)
    for typed in ("zo\xe9", "zoe\u0301"):
        chromium.press("/")
        chromium.type(typed)
        assert [name for name in chromium.run(STORIES) if name.startswith("weird")] == ["weird zoe\u0301"], typed
        chromium.press("Escape")
        chromium.run("document.activeElement.blur()")


def test_a_link_to_what_the_search_has_hidden_ends_the_search(reader: Browser) -> None:
    anchor = reader.run("document.querySelector('#blocked a').hash")
    reader.press("/")
    reader.type("new-042")
    assert len(reader.run(STORIES)) == 1
    reader.run("document.querySelector('#blocked a').click()")
    reader.run("new Promise((done) => setTimeout(done, 100))")  # the hash is told of later
    assert reader.run("document.getElementById('search').value") == ""
    shown = f"(e => e.checkVisibility() && e.open)(document.querySelector('{anchor}'))"
    assert reader.run(shown) is True


def test_what_was_opened_during_a_search_stays_open_and_the_button_tells_what_it_would_do(reader: Browser) -> None:
    reader.press("/")
    reader.type("new-042")
    reader.press("Enter")
    reader.press("Escape")
    opened = "[...document.querySelectorAll('.story')].filter(story => story.open).length"
    label = "new Promise(requestAnimationFrame).then(() => document.getElementById('unfold').textContent)"
    assert (reader.run(opened), reader.run(label)) == (1, "Open all")
    reader.run("document.getElementById('unfold').click()")
    assert reader.run(label) == "Close all"
    reader.run("document.querySelector('.story summary').click()")
    assert reader.run(label) == "Open all"


def test_a_story_is_reached_with_tab_alone_and_opened_and_closed_with_enter(reader: Browser) -> None:
    first = reader.run("document.querySelector('.story').id")
    for _ in range(2 * (NEW + 40)):
        reader.press("Tab")
        if reader.run(FOCUS) == first:
            break
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert (reader.run(FOCUS), reader.run(ring)) == (first, "solid")
    for opened in (True, False):
        reader.press("Enter")
        assert reader.run("document.querySelector('.story').open") is opened


def test_a_chip_of_the_picture_leads_to_its_story_and_opens_it(reader: Browser) -> None:
    reader.run("[...document.querySelectorAll('.chip a')].find(a => a.textContent == 'new-123').focus()")
    reader.press("Enter")
    reader.run("new Promise(done => setTimeout(done, 50))")
    shown = reader.run(
        "(() => { const s = document.querySelector('.story:target'); return s.open && s.textContent })()"
    )
    assert "account:new-123" in shown
    where = reader.run("document.querySelector('.story:target').getBoundingClientRect().top")
    bar = reader.run("document.querySelector('[role=search]').getBoundingClientRect().bottom")
    assert bar <= where < 1000


def test_a_key_among_500_accounts_takes_less_than_a_fifth_of_a_second(reader: Browser) -> None:
    script = (
        "(() => { const field = document.getElementById('search'), began = performance.now();"
        "for (const value of ['n', 'ne', 'new', 'new-', 'new-1', 'calm', ''])"
        "{ field.value = value; field.dispatchEvent(new Event('input')); document.body.offsetHeight }"
        "return (performance.now() - began) / 7 })()"
    )
    times = [reader.run(script) for _ in range(5)]  # the best of a few: other work on the machine only ever adds
    assert min(times) < 200, times


@pytest.mark.parametrize("width", [1400, 400, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_no_page_is_wider_than_its_window(reader: Browser, width: int, scheme: str) -> None:
    reader.look(width, dark=scheme == "dark")
    reader.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert reader.run("document.documentElement.scrollWidth") <= width
    # WCAG 2.2, 1.4.3: a contrast of 4.5 to 1.
    assert reader.run(CONTRASTS) == []


@pytest.mark.parametrize("width", [1400, 700, 400, 320])
def test_what_a_box_holds_is_as_wide_as_the_box(chromium: Browser, page: Path, width: int) -> None:
    """However long its name is, and how many of it change stands beside."""
    other, names = page.with_name("named.html"), ("Beta of Applications", "Developers Europe", "Ü" * 40)
    ous = [Address("ou", name) for name in names]
    there = {ou: made(ou, tags={}) for ou in ous}
    accounts = {here: made(here) for ou in ous for n in range(20) if (here := Address("account", f"{ou.name}-{n}"))}
    places = [*(Placement(ou, Address("ou", "Root")) for ou in ous)]
    places += [Placement(here, Address("ou", here.name.rpartition("-")[0])) for here in accounts]
    review = replace(PLANS["create"], plan=make_plan({**there, **accounts}, there), placements=tuple(places))
    other.write_text(render_html(review), "utf-8")
    chromium.look(width)
    chromium.open(other)
    shares = chromium.run(
        "[...document.querySelectorAll('.box > details > :not(summary)')].filter(e => e.checkVisibility())"
        ".map(e => e.offsetWidth / e.parentElement.offsetWidth)"
    )
    assert len(shares) > len(ous)
    assert min(shares) > 0.95


def test_without_javascript_the_page_lacks_the_search_alone(reader: Browser, page: Path) -> None:
    reader.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        reader.open(page)
        assert reader.run("document.querySelector('[role=search]').checkVisibility()") is False
        reader.run("document.querySelector('.story summary').focus()")
        reader.press("Enter")
        assert reader.run("document.querySelector('.story .change').checkVisibility()") is True
    finally:
        reader.call("Emulation.setScriptExecutionDisabled", value=False)


def test_what_a_plan_could_smuggle_in_is_refused_by_the_page_itself(chromium: Browser, page: Path) -> None:
    """The second wall: were something not escaped, the page's own policy would still let nothing run or load."""
    hole = '<script>document.title = "run"</script><img src="https://example.com/x.png" onerror="document.title = 1">'
    broken = page.with_name("broken.html")
    broken.write_text(page.read_text("utf-8").replace("<main>", f"<main>{hole}"), "utf-8")
    chromium.said.clear()
    chromium.open(broken)
    assert str(chromium.run("document.title")).startswith("example: Plan: ")
    assert sum("Content Security Policy" in said for said in chromium.said) >= 2


def test_a_name_that_reads_from_the_right_draws_nothing_else_into_it(chromium: Browser, page: Path) -> None:
    other = page.with_name("other.html")
    other.write_text(render_html(reorganized(calm=0, name="أمن")), "utf-8")
    chromium.open(other)
    story = "[...document.querySelectorAll('.story')].find(e => e.textContent.includes('weird أمن'))"
    edge = "%s.querySelector('%s').getBoundingClientRect().%s"
    assert chromium.run(edge % (story, ".name", "right")) <= chromium.run(edge % (story, ".also", "left"))


CONTRASTS = """(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map((part) => part / 255)
    .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [one, other] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const name = `${element.tagName} ${element.className} in ${element.parentElement.className}`;
    if ((one + .05) / (other + .05) < 4.5) faint.add(name);
  }
  return [...faint];
})()"""
