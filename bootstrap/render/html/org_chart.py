"""The organization chart as HTML: a box for each resource that holds others, such as an OU, a chip for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.render.html.chart_labels import Labels
from bootstrap.render.html.chart_tree import Node, build_chart
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.engine.review import Placement, PlanReview
    from bootstrap.model.resource import Address

# More unchanged resources than these in one box are folded.
_QUIET_SHOWN: Final = 12


def render_org_chart(review: PlanReview, links: Mapping[Address, str]) -> Markup:
    """Everything that stands somewhere, and then the changes of the rest. `links` holds the anchor of each change."""
    tops, labels = build_chart(review.placements), Labels(review, links)
    chart = _Chart(labels, {placement.parent.kind for placement in review.placements})
    placed = {node.address for top in tops for node in top.all()}
    rest = [story.owner for story in review.stories(review.plan.changes) if story.owner not in placed]
    return joined(
        *(block("ul", chart.node(top), class_="chart", aria_label="OUs and accounts") for top in tops),
        chart.outside(rest),
    )


class _Chart:
    def __init__(self, labels: Labels, box_kinds: Collection[str]) -> None:
        """`box_kinds` are the kinds that hold others."""
        self._labels = labels
        self._box_kinds = box_kinds

    def node(self, node: Node, parent: str = "") -> Markup:
        return self._box(node, parent) if self._is_box(node) else self._chip(node, parent)

    def outside(self, addresses: Iterable[Address]) -> Markup:
        """Changed resources that stand in no OU, by kind."""
        kinds: dict[str, list[Markup]] = {}
        for address in addresses:
            kinds.setdefault(address.kind, []).append(self._chip(Node(address)))
        boxes = [_open_box(tag("b", kind, class_="name"), chips) for kind, chips in kinds.items()]
        if not boxes:
            return EMPTY
        return joined(tag("h3", "Organization-wide"), block("ul", *boxes, class_="chart beside"))

    def _box(self, node: Node, parent: str) -> Markup:
        name = node.address.name
        quiet = [child for child in node.children if self._labels.is_quiet(child)]
        is_folded = len(quiet) > _QUIET_SHOWN
        shown = [child for child in node.children if not (is_folded and self._labels.is_quiet(child))]
        inside = [
            *(self._chip(child, name) for child in shown if not self._is_box(child)),
            *(self._moved_out(placement) for placement in node.moved_out),
            *(self._box(child, name) for child in shown if self._is_box(child)),
            *([self._folded(quiet, name)] if is_folded else []),
        ]
        title = joined(*self._labels.label(node, parent), self._count(node))
        return _open_box(title, inside, self._labels.css_class(node.address))

    def _chip(self, node: Node, parent: str = "") -> Markup:
        return tag("li", *self._labels.label(node, parent), class_=f"chip {self._labels.css_class(node.address)}")

    def _moved_out(self, placement: Placement) -> Markup:
        """A resource where it stands now, if the plan moves it."""
        name = self._labels.linked(placement.address, placement.address.name)
        return tag("li", name, f" → {placement.parent.name}", class_="chip moved-out")

    def _folded(self, quiet: Collection[Node], parent: str) -> Markup:
        listed = block("ul", *(self.node(child, parent) for child in quiet))
        return block("li", block("details", tag("summary", f"{len(quiet)} unchanged"), listed), class_="quiet")

    def _count(self, node: Node) -> Markup:
        below = [other for other in node.all() if other is not node]
        changed = sum(self._labels.is_changed(other.address) for other in below)
        return tag("span", f"{changed} of {len(below)} change", class_="count") if changed else EMPTY

    def _is_box(self, node: Node) -> bool:
        return node.address.kind in self._box_kinds


def _open_box(title: Markup, inside: Collection[Markup], css_class: str = "") -> Markup:
    content = block("ul", *inside) if inside else tag("p", "empty", class_="empty")
    details = block("details", tag("summary", title), content, open="open")
    return block("li", details, class_=f"box {css_class}".strip())
