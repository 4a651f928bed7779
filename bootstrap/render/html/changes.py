"""The changes in full: a fold for each group of identical ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Risk
from bootstrap.planfile import reason
from bootstrap.render.change_lines import call_lines
from bootstrap.render.details import Details
from bootstrap.render.html.badges import action_mark, approval_badge
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, tag
from bootstrap.render.json_lines import INDENT
from bootstrap.render.summary import blocked_addresses, count_actions
from bootstrap.render.symbols import SYMBOLS, by_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.change_groups import ChangeGroup

_WIDTH: Final = 100
_END: Final = Markup("\n")
_CLASSES: Final = {symbol: action.value for action, symbol in SYMBOLS.items()}


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
            _others(group),
            class_="story",
            id=anchor,
            data_values=" ".join(dict.fromkeys(anchors)),
        )

    def replaced_values(self) -> Markup:
        """The values that references stand for. They are never shown: the search looks for them."""
        values = (tag("p", text.replace("\n", " "), id=anchor) for text, anchor in self._anchors.items())
        return block("div", *values, hidden="hidden") if self._anchors else EMPTY

    def _summary(self, group: ChangeGroup) -> Markup:
        owner, changes = group.story.owner, group.changes
        counts = count_actions(changes).items()
        is_risky = any(change.risk is Risk.MEDIUM for change in changes)
        return tag(
            "summary",
            tag("span", f"{owner.kind}:", class_="kind"),
            tag("b", owner.name, class_="name"),
            group.more,
            *(tag("span", action_mark(action), count, class_=f"also {action}") for action, count in counts),
            approval_badge(changes, self._blocked),
            tag("span", "review carefully", class_="note medium") if is_risky else "",
        )

    def _change(self, change: Change) -> Markup:
        lines = list(_coloured(self._details.of(change)))
        calls = [joined(line.removeprefix(INDENT), _END) for line in call_lines(change, self._details.width)]
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


def _others(group: ChangeGroup) -> Markup:
    names = [tag("b", name, class_="name") for name in group.other_names]
    if not names:
        return EMPTY
    listed = (joined(name, ", ") for name in names[:-1])
    return tag("p", f"And the same for {len(names)} more: ", *listed, names[-1], class_="others")


def _coloured(lines: Iterable[str]) -> Iterator[Markup]:
    """Each line in the colour of its symbol."""
    for symbol, line, _ in by_symbol(lines, _CLASSES):
        shown = joined(line.removeprefix(INDENT), _END)
        yield tag("span", shown, class_=_CLASSES[symbol]) if symbol else shown
