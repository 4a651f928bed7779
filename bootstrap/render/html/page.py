"""The page of a plan: first what to decide, then the organization chart, then every change in full.

Without JavaScript it lacks only the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.plan import Action, Cause
from bootstrap.planfile import command_to_apply
from bootstrap.render import headings
from bootstrap.render.change_groups import group_changes
from bootstrap.render.html.badges import action_mark
from bootstrap.render.html.changes import Changes
from bootstrap.render.html.decisions import decisions, folded_list
from bootstrap.render.html.document import document
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, section, tag
from bootstrap.render.html.org_chart import render_org_chart
from bootstrap.render.summary import (
    blocked_addresses,
    describe_raised_limits,
    describe_targets,
    retained_lines,
    summarize,
    unmanaged_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Plan
    from bootstrap.engine.review import PlanReview


def render_html(review: PlanReview, *, summary: str = "") -> str:
    """`summary` replaces the plan's own."""
    plan, blocked = review.plan, blocked_addresses(review)
    asked = group_changes(review.stories(change for change in plan.changes if change.cause is not Cause.DRIFT), blocked)
    drift = group_changes(review.stories(change for change in plan.changes if change.cause is Cause.DRIFT), blocked)
    anchors = {f"s{number}": group for number, group in enumerate([*asked, *drift], 1)}
    links = {story.owner: anchor for anchor, group in reversed(anchors.items()) for story in group.stories}
    links |= {change.address: anchor for anchor, group in anchors.items() for change in group.changes}
    changes = Changes(review)
    shown = [changes.group(group, anchor) for anchor, group in anchors.items()]
    summary = summary or summarize(review)
    return document(
        f"{review.organization.name}: {summary}",
        _header(review, summary),
        block(
            "main",
            *decisions(review, links),
            section("chart", "Organization chart", _legend(plan), render_org_chart(review, links)),
            section("changes", "Changes", *shown[: len(asked)]),
            section("drift", headings.DRIFT, *shown[len(asked) :]),
            *_left_alone(plan),
            changes.replaced_values(),
        ),
        _footer(review),
    )


def _header(review: PlanReview, summary: str) -> Markup:
    organization = review.organization
    where = f"organization {organization.id or '(not created yet)'}, management account {organization.account}"
    field = tag("input", type="search", id="search", placeholder="Search accounts, OUs, values", autocomplete="off")
    return block(
        "header",
        tag("h1", organization.name),
        tag("p", where, class_="organization"),
        tag("p", summary, class_="summary"),
        tag("p", describe_targets(review)) if review.targets else "",
        tag("p", tag("b", describe_raised_limits(review))) if review.raised else "",
        # Hidden until the script shows it, since it needs the script.
        block(
            "div",
            tag("label", "Search", for_="search", class_="unseen"),
            field,
            tag("kbd", "/", aria_hidden="true"),
            tag("button", "Open all", type="button", id="unfold"),
            tag("output", "", for_="search", id="found", aria_live="polite"),
            role="search",
            hidden="hidden",
        ),
    )


def _legend(plan: Plan) -> Markup:
    counts = ((action, plan.count(action)) for action in Action)
    items = [
        tag("li", action_mark(action), f"{count} to {action}", class_=f"chip {action}")
        for action, count in counts
        if count
    ]
    unchanged = tag("li", f"{len(plan.unchanged)} unchanged", class_="chip unchanged")
    return block("ul", *items, unchanged, class_="legend", aria_label="Legend")


def _left_alone(plan: Plan) -> Iterator[Markup]:
    retained = [tag("b", line) for line in retained_lines(plan)]
    note = [tag("p", headings.RETAINED_NOTE)] if retained else []
    yield section("retained", headings.RETAINED, *note, *folded_list(retained))
    unmanaged = [joined(tag("b", address), f": {detail}") for address, detail in unmanaged_lines(plan)]
    yield section("unmanaged", headings.UNMANAGED, *folded_list(unmanaged))


def _footer(review: PlanReview) -> Markup:
    command = command_to_apply(review)
    if not command:
        return EMPTY
    return block("footer", tag("h2", "How to apply"), tag("p", f"{headings.TO_APPLY}:"), tag("p", tag("code", command)))
