"""A plan as one page that needs nothing else: what to decide first, the organization with its changes, each in full.

It opens offline, sends nothing, and without JavaScript lacks the search alone.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import INACCESSIBLE, Action, Cause, Risk
from bootstrap.planfile import command_to_apply, reason
from bootstrap.render.alike import alike, closely
from bootstrap.render.change import SIGNS, Details
from bootstrap.render.markup import Markup, block, joined, tag, text
from bootstrap.render.picture import mark, render_picture, verdict
from bootstrap.render.plan import KEPT, NO_WORD, WHY_KEPT, kept, loosened, narrowed, others, refused, summary
from bootstrap.render.signs import signed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker, Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address
    from bootstrap.render.alike import Told

# Of a list that goes before the changes; the rest is folded.
_SHOWN: Final = 12
_END: Final = Markup("\n")
_CLASSES: Final = {sign: action.value for action, sign in SIGNS.items()}


def render_html(review: PlanReview, *, said: str = "") -> str:
    """The plan as a page. `said` stands in the place of its own summary."""
    plan = review.plan
    no = refused(review)
    asked = alike(review.stories(change for change in plan.changes if change.cause is not Cause.DRIFT), no)
    drift = alike(review.stories(change for change in plan.changes if change.cause is Cause.DRIFT), no)
    anchors = {f"s{number}": each for number, each in enumerate([*asked, *drift], 1)}
    links = {story.owner: anchor for anchor, each in reversed(anchors.items()) for story in each.stories}
    links |= {change.address: anchor for anchor, each in anchors.items() for change in each.changes}
    details = Details(100, plan)
    values: dict[str, str] = {}
    told = [_story(each, anchor, details, values, no) for anchor, each in anchors.items()]
    said = said or summary(review)
    return _page(
        f"{review.organization.name}: {said}",
        _header(review, said),
        block(
            "main",
            *_decisions(review, links),
            _section("picture", "The organization", _legend(review), render_picture(review, links)),
            _section("changes", "What changes", *told[: len(asked)]),
            _section("drift", "Changed outside since it was last applied, and put back", *told[len(asked) :]),
            *_left_alone(review),
            _values(values),
        ),
        _footer(review),
    )


def _page(title: str, *body: Markup) -> str:
    style, script = (
        (resources.files("bootstrap.render") / "page" / name).read_text("utf-8") for name in ("plan.css", "plan.js")
    )
    # Nothing but these two may run or load, whatever a name holds that this module should have escaped.
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = block(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    page = block("html", head, block("body", *body, tag("script", Markup(script))), lang="en")
    return f"<!doctype html>\n{page}\n"


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _header(review: PlanReview, said: str) -> Markup:
    whose = review.organization
    where = f"organization {whose.id or 'not made yet'}, managed by account {whose.account}"
    field = tag("input", type="search", id="search", placeholder="Search accounts, OUs, values", autocomplete="off")
    return block(
        "header",
        tag("h1", whose.name),
        tag("p", where, class_="whose"),
        tag("p", said, class_="summary"),
        tag("p", narrowed(review)) if review.targets else "",
        tag("p", tag("b", loosened(review))) if review.raised else "",
        # Without its script it does nothing, so it is the script that shows it.
        block(
            "div",
            tag("label", "Search", for_="search", class_="aside"),
            field,
            tag("kbd", "/", aria_hidden="true"),
            tag("button", "Open all", type="button", id="unfold"),
            tag("output", "", for_="search", id="found", aria_live="polite"),
            role="search",
            hidden="hidden",
        ),
    )


def _decisions(review: PlanReview, links: Mapping[Address, str]) -> Iterator[Markup]:
    """What somebody has to say a word to, what was not seen, and what to look at closely."""
    refused = [_refusal(blocker, links, "until somebody consents") for blocker in review.blockers]
    yield _section("refused", "Refused", *_list(refused))
    consented = [_refusal(blocker, links, "consented") for blocker in review.approved]
    yield _section("consented", "Consented to", *_list(consented))
    inaccessible = [joined(_link(item.address, links), f": {item.reason}") for item in sorted(review.plan.inaccessible)]
    yield _section("inaccessible", INACCESSIBLE.capitalize(), *_list(inaccessible))
    closer = [
        joined(mark(each.change.action), _link(each.change.address, links), each.more) for each in closely(review)
    ]
    yield _section("closer", "Look closely: something goes away, or rights change", *_list(closer))


def _refusal(blocker: Blocker, links: Mapping[Address, str], word: str) -> Markup:
    token = joined(f"{word}: ", tag("code", f"--approve {blocker.token}")) if blocker.token else text(NO_WORD)
    return joined(
        _link(blocker.address, links),
        f": {blocker.reason}",
        tag("p", f"hint: {blocker.hint}", class_="hint") if blocker.hint else "",
        tag("p", token, class_="hint"),
    )


def _link(address: Address, links: Mapping[Address, str]) -> Markup:
    anchor = links.get(address)
    return tag("a", str(address), href=f"#{anchor}") if anchor else tag("b", str(address))


def _legend(review: PlanReview) -> Markup:
    counts = ((action, review.plan.count(action)) for action in Action)
    items = [
        tag("li", mark(action), f"{count} to {action}", class_=f"chip {action}") for action, count in counts if count
    ]
    same = tag("li", f"{len(review.plan.unchanged)} unchanged", class_="chip same")
    return block("ul", *items, same, class_="legend", aria_label="What the signs mean")


def _values(values: Mapping[str, str]) -> Markup:
    """What stories only point at, so that a search finds it in them: never shown."""
    texts = (tag("p", text.replace("\n", " "), id=name) for text, name in values.items())
    return block("div", *texts, hidden="hidden") if values else Markup("")


def _story(told: Told, anchor: str, details: Details, values: dict[str, str], no: Collection[Address]) -> Markup:
    """All changes about one thing, folded, and what else changes just so. `values` gets a name for each text that is
    only pointed at.
    """
    story, changes = told.story, told.changes
    counts = [(action, sum(change.action is action for change in changes)) for action in Action]
    marks = [tag("span", mark(action), str(count), class_=f"also {action}") for action, count in counts if count]
    closely = any(change.risk is Risk.MEDIUM for change in changes)
    head = tag(
        "summary",
        tag("span", f"{story.owner.kind}:", class_="kind"),
        tag("b", story.owner.name, class_="name"),
        f" and {len(told.others)} more" if told.others else "",
        *marks,
        verdict(changes, no),
        tag("span", "look closely", class_="note medium") if closely else "",
    )
    others = (joined(tag("b", name, class_="name"), ", ") for name in told.names[:-1])
    same = tag(
        "p",
        f"And the same of {len(told.others)} more: ",
        *others,
        *(tag("b", name, class_="name") for name in told.names[-1:]),
        class_="others",
    )
    full = [_change(change, details) for change in story.changes]
    pointed = (values.setdefault(text, f"v{len(values) + 1}") for text in details.pointed())
    return block(
        "details",
        head,
        *full,
        same if told.others else "",
        class_="story",
        id=anchor,
        data_values=" ".join(dict.fromkeys(pointed)),
    )


def _change(change: Change, details: Details) -> Markup:
    lines = list(_painted(details.of(change)))
    calls = [joined(line.removeprefix("    "), _END) for line in details.calls(change)]
    origin = change.after.origin if change.after else ""
    return block(
        "div",
        tag("h3", mark(change.action), str(change.address)),
        tag("p", reason(change), f" ({origin})" if origin else "", class_="why"),
        tag("pre", *lines) if lines else "",
        tag("p", "AWS calls", class_="why") if calls else "",
        tag("pre", *calls, class_="calls") if calls else "",
        class_=f"change {change.action}",
    )


def _painted(lines: Iterable[str]) -> Iterator[Markup]:
    """Each line in the colour of its sign."""
    for sign, line, _ in signed(lines, _CLASSES):
        shown = joined(line.removeprefix("    "), _END)
        yield tag("span", shown, class_=_CLASSES[sign]) if sign else shown


def _left_alone(review: PlanReview) -> Iterator[Markup]:
    plan = review.plan
    ours = [tag("b", line) for line in kept(plan)]
    yield _section("kept", KEPT, *([tag("p", WHY_KEPT), *_list(ours)] if ours else []))
    unmanaged = [joined(tag("b", address), f": {what}") for address, what in others(plan.unmanaged)]
    yield _section("unmanaged", "Not ours, and left alone", *_list(unmanaged))


def _footer(review: PlanReview) -> Markup:
    typed = command_to_apply(review)
    if not typed:
        return Markup("")
    apply = tag("code", typed)
    return block("footer", tag("h2", "How to apply"), tag("p", "This, and no more:"), tag("p", apply))


def _section(name: str, title: str, *inside: Markup) -> Markup:
    """Nothing, if nothing is in it."""
    return block("section", tag("h2", title), *inside, id=name) if any(inside) else Markup("")


def _list(items: Sequence[Markup]) -> Iterator[Markup]:
    first, rest = items[:_SHOWN], items[_SHOWN:]
    if first:
        yield block("ul", *(tag("li", item) for item in first), class_="plain")
    if rest:
        folded = block("ul", *(tag("li", item) for item in rest), class_="plain")
        yield block("details", tag("summary", f"and {len(rest)} more"), folded, class_="more")
