"""The page of a plan: first what to decide, then the organization chart, then every change in full.

Without JavaScript it lacks only the search.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action
from bootstrap.planfile import command_to_apply
from bootstrap.render import sentences
from bootstrap.render.changes import asked_and_drift, risky_changes
from bootstrap.render.html.changes import Changes, action_mark
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, section, tag, text
from bootstrap.render.html.org_chart import render_org_chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker, Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

# The rest of a list is folded.
_SHOWN: Final = 12


def render_html(review: PlanReview, *, summary: str = "") -> str:
    """`summary` replaces the plan's own."""
    plan, (asked, drift) = review.plan, asked_and_drift(review)
    anchors = {f"s{number}": group for number, group in enumerate([*asked, *drift], 1)}
    links = {story.owner: anchor for anchor, group in reversed(anchors.items()) for story in group.stories}
    links |= {change.address: anchor for anchor, group in anchors.items() for change in group.changes}
    changes = Changes(review)
    shown = [changes.group(group, anchor) for anchor, group in anchors.items()]
    summary = summary or sentences.summarize(review)
    return _document(
        f"{review.organization.name}: {summary}",
        _header(review, summary),
        block(
            "main",
            *_decisions(review, links),
            section("chart", "Organization chart", _legend(plan), render_org_chart(review, links)),
            section("changes", "Changes", *shown[: len(asked)]),
            section("drift", sentences.DRIFT, *shown[len(asked) :]),
            *_left_alone(plan),
            changes.replaced_values(),
        ),
        _footer(command_to_apply(review)),
    )


def _document(title: str, *body: Markup) -> str:
    style, script = (
        (resources.files("bootstrap.render.html") / name).read_text("utf-8") for name in ("plan.css", "plan.js")
    )
    # Only these two may run, and nothing may load, even if a name in the plan were not escaped.
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


def _header(review: PlanReview, summary: str) -> Markup:
    organization = review.organization
    where = f"organization {organization.id or '(not created yet)'}, management account {organization.account}"
    return block(
        "header",
        tag("h1", organization.name),
        tag("p", where, class_="organization"),
        tag("p", summary, class_="summary"),
        tag("p", sentences.targets(review)) if review.targets else "",
        tag("p", tag("b", sentences.raised_limits(review))) if review.raised else "",
        # Hidden until the script shows it, since it needs the script.
        block(
            "div",
            tag("label", "Search", for_="search", class_="unseen"),
            tag("input", type="search", id="search", placeholder="Search accounts, OUs, values", autocomplete="off"),
            tag("kbd", "/", aria_hidden="true"),
            tag("button", "Open all", type="button", id="unfold"),
            tag("output", "", for_="search", id="found", aria_live="polite"),
            role="search",
            hidden="hidden",
        ),
    )


def _decisions(review: PlanReview, links: Mapping[Address, str]) -> Iterator[Markup]:
    """Blockers, approvals, inaccessible resources and risky changes. `links` holds the anchor of each change."""
    blocked = [_blocker(blocker, links, sentences.APPROVE_WITH) for blocker in review.blockers]
    yield section("blocked", sentences.BLOCKED, *_folded_list(blocked))
    approved = [_blocker(blocker, links, sentences.APPROVED_WITH) for blocker in review.approved]
    yield section("approved", sentences.APPROVED, *_folded_list(approved))
    inaccessible = [joined(_link(item.address, links), f": {item.reason}") for item in sorted(review.plan.inaccessible)]
    yield section("inaccessible", sentences.INACCESSIBLE, *_folded_list(inaccessible))
    risky = [
        joined(action_mark(change.action), _link(change.address, links), group.more)
        for change, group in risky_changes(review)
    ]
    yield section("risky", sentences.REVIEW_CAREFULLY, *_folded_list(risky))


def _blocker(blocker: Blocker, links: Mapping[Address, str], approve_with: str) -> Markup:
    option = tag("code", f"--approve {blocker.token}")
    approve = joined(f"{approve_with}: ", option) if blocker.token else text(sentences.NOT_OVERRIDABLE)
    return joined(
        _link(blocker.address, links),
        f": {blocker.reason}",
        tag("p", f"hint: {blocker.hint}", class_="hint") if blocker.hint else "",
        tag("p", approve, class_="hint"),
    )


def _link(address: Address, links: Mapping[Address, str]) -> Markup:
    anchor = links.get(address)
    return tag("a", str(address), href=f"#{anchor}") if anchor else tag("b", sentences.subject(address))


def _legend(plan: Plan) -> Markup:
    items = [
        tag("li", action_mark(action), f"{plan.count(action)} to {action}", class_=f"chip {action}")
        for action in Action
        if plan.count(action)
    ]
    unchanged = tag("li", f"{len(plan.unchanged)} unchanged", class_="chip unchanged")
    return block("ul", *items, unchanged, class_="legend", aria_label="Legend")


def _left_alone(plan: Plan) -> Iterator[Markup]:
    retained = [tag("b", line) for line in sentences.retained(plan)]
    note = [tag("p", sentences.RETAINED_NOTE)] if retained else []
    yield section("retained", sentences.RETAINED, *note, *_folded_list(retained))
    unmanaged = [joined(tag("b", address), f": {detail}") for address, detail in sentences.unmanaged(plan)]
    yield section("unmanaged", sentences.UNMANAGED, *_folded_list(unmanaged))


def _folded_list(items: Sequence[Markup]) -> Iterator[Markup]:
    first, rest = items[:_SHOWN], items[_SHOWN:]
    if first:
        yield block("ul", *(tag("li", item) for item in first), class_="plain")
    if rest:
        folded = block("ul", *(tag("li", item) for item in rest), class_="plain")
        yield block("details", tag("summary", f"and {len(rest)} more"), folded, class_="more")


def _footer(command: str) -> Markup:
    if not command:
        return EMPTY
    how = tag("p", f"{sentences.TO_APPLY}:")
    return block("footer", tag("h2", "How to apply"), how, tag("p", tag("code", command)))
