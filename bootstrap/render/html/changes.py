"""The changes in full: a fold for each group of identical ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Risk
from bootstrap.planfile import reason
from bootstrap.render.changes import blocked_addresses, call_lines
from bootstrap.render.details import Details
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, tag
from bootstrap.render.lines import INDENT, SYMBOLS, by_symbol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.engine.plan import Action, Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address
    from bootstrap.render.changes import ChangeGroup

_WIDTH: Final = 100
_END: Final = Markup("\n")
_CLASSES: Final = {symbol: action.value for action, symbol in SYMBOLS.items()}


def action_mark(action: Action) -> Markup:
    """The symbol, and the action in words for screen readers."""
    symbol = tag("span", SYMBOLS[action], aria_hidden="true")
    words = tag("span", f"{action}: ", class_="unseen")
    return tag("span", symbol, words, class_=f"mark {action}", title=f"to {action}")


def approval_badge(changes: Iterable[Change], blocked: Collection[Address]) -> Markup:
    """Whether these changes are blocked or approved; nothing for those that need no approval."""
    high = [change.address for change in changes if change.risk is Risk.HIGH]
    if not high:
        return EMPTY
    if any(address in blocked for address in high):
        return tag("span", "! blocked", class_="note high")
    return tag("span", "approved", class_="note medium")


class Changes:
    """Renders the changes of a plan, in the order that they are asked for."""

    def __init__(self, review: PlanReview) -> None:
        self._blocked = blocked_addresses(review)
        self._details = Details(_WIDTH, review.plan)
        self._anchors: dict[str, str] = {}

    def group(self, group: ChangeGroup, anchor: str) -> Markup:
        shown = [self._change(change) for change in group.story.changes]
        replaced = self._details.take_replaced()
        anchors = (self._anchors.setdefault(text, f"v{len(self._anchors) + 1}") for text in replaced)
        return block(
            "details",
            self._summary(group),
            *shown,
            _others(group.other_names),
            class_="story",
            id=anchor,
            data_values=" ".join(dict.fromkeys(anchors)),
        )

    def replaced_values(self) -> Markup:
        """The values that references stand for. They are never shown: the search looks for them."""
        values = (tag("p", text.replace("\n", " "), id=anchor) for text, anchor in self._anchors.items())
        return block("div", *values, hidden="hidden") if self._anchors else EMPTY

    def _summary(self, group: ChangeGroup) -> Markup:
        owner = group.story.owner
        is_risky = any(change.risk is Risk.MEDIUM for change in group.changes)
        return tag(
            "summary",
            tag("span", f"{owner.kind}:", class_="kind"),
            tag("b", owner.name, class_="name"),
            group.more,
            *(tag("span", action_mark(each), count, class_=f"also {each}") for each, count in group.counts.items()),
            approval_badge(group.changes, self._blocked),
            tag("span", "review carefully", class_="note medium") if is_risky else "",
        )

    def _change(self, change: Change) -> Markup:
        lines = list(_coloured(self._details.of(change)))
        calls = [joined(line.removeprefix(INDENT), _END) for line in call_lines(change, _WIDTH)]
        origin = change.after.origin if change.after else ""
        return block(
            "div",
            tag("h3", action_mark(change.action), str(change.address)),
            tag("p", reason(change), f" ({origin})" if origin else "", class_="why"),
            tag("pre", *lines) if lines else "",
            tag("p", "AWS API calls", class_="why") if calls else "",
            tag("pre", *calls, class_="calls") if calls else "",
            class_=f"change {change.action}",
        )


def _others(names: list[str]) -> Markup:
    if not names:
        return EMPTY
    listed = Markup(", ".join(tag("b", name, class_="name") for name in names))
    return tag("p", f"And the same for {len(names)} more: ", listed, class_="others")


def _coloured(lines: Iterable[str]) -> Iterator[Markup]:
    """Each line in the colour of its symbol."""
    for symbol, line, _ in by_symbol(lines, _CLASSES):
        shown = joined(line.removeprefix(INDENT), _END)
        yield tag("span", shown, class_=_CLASSES[symbol]) if symbol else shown
