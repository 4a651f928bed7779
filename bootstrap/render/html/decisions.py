"""The sections before the changes: what to decide, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.render import headings
from bootstrap.render.html.badges import action_mark
from bootstrap.render.html.markup import Markup, block, joined, section, tag, text
from bootstrap.render.risky_changes import risky_changes
from bootstrap.render.summary import subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

# The rest of a list is folded.
_SHOWN: Final = 12


def decisions(review: PlanReview, links: Mapping[Address, str]) -> Iterator[Markup]:
    """Blockers, approvals, inaccessible resources and risky changes. `links` holds the anchor of each change."""
    blocked = [_blocker(blocker, links, headings.APPROVE_WITH) for blocker in review.blockers]
    yield section("blocked", headings.BLOCKED, *folded_list(blocked))
    approved = [_blocker(blocker, links, headings.APPROVED_WITH) for blocker in review.approved]
    yield section("approved", headings.APPROVED, *folded_list(approved))
    inaccessible = [joined(_link(item.address, links), f": {item.reason}") for item in sorted(review.plan.inaccessible)]
    yield section("inaccessible", headings.INACCESSIBLE, *folded_list(inaccessible))
    risky = [
        joined(action_mark(each.change.action), _link(each.change.address, links), each.more)
        for each in risky_changes(review)
    ]
    yield section("risky", headings.REVIEW_CAREFULLY, *folded_list(risky))


def folded_list(items: Sequence[Markup]) -> Iterator[Markup]:
    first, rest = items[:_SHOWN], items[_SHOWN:]
    if first:
        yield block("ul", *(tag("li", item) for item in first), class_="plain")
    if rest:
        folded = block("ul", *(tag("li", item) for item in rest), class_="plain")
        yield block("details", tag("summary", f"and {len(rest)} more"), folded, class_="more")


def _blocker(blocker: Blocker, links: Mapping[Address, str], approve_with: str) -> Markup:
    option = tag("code", f"--approve {blocker.token}")
    approve = joined(f"{approve_with}: ", option) if blocker.token else text(headings.NOT_OVERRIDABLE)
    return joined(
        _link(blocker.address, links),
        f": {blocker.reason}",
        tag("p", f"hint: {blocker.hint}", class_="hint") if blocker.hint else "",
        tag("p", approve, class_="hint"),
    )


def _link(address: Address, links: Mapping[Address, str]) -> Markup:
    anchor = links.get(address)
    return tag("a", str(address), href=f"#{anchor}") if anchor else tag("b", subject(address))
