"""The organization chart as HTML: a box for each resource that holds others, such as an OU, a chip for any other.

Each change has a symbol and a word, since colour alone is not accessible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action, Cause
from bootstrap.model.names import KEY_TAG
from bootstrap.render.changes import blocked_addresses
from bootstrap.render.html.changes import action_mark, approval_badge
from bootstrap.render.html.markup import EMPTY, Markup, block, joined, tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import Placement, PlanReview
    from bootstrap.model.resource import Address, Json, Resource

# More unchanged resources than these in one box are folded.
_QUIET_SHOWN: Final = 12


@dataclass(slots=True)
class _Node:
    """A resource, those inside it, and those that this plan moves out of it."""

    address: Address
    was: Address | None = None
    children: list[_Node] = field(default_factory=list)
    moved_out: list[Placement] = field(default_factory=list)

    def all(self) -> Iterator[_Node]:
        """The node and everything below it."""
        yield self
        for child in self.children:
            yield from child.all()


def render_org_chart(review: PlanReview, links: Mapping[Address, str]) -> Markup:
    """Everything that stands somewhere, and then the changes of the rest. `links` holds the anchor of each change."""
    tops, chart = _tops(review.placements), _Chart(review, links)
    placed = {node.address for top in tops for node in top.all()}
    rest = [story.owner for story in review.stories(review.plan.changes) if story.owner not in placed]
    return joined(
        *(block("ul", chart.node(top), class_="chart", aria_label="OUs and accounts") for top in tops),
        chart.outside(rest),
    )


def _tops(placements: Collection[Placement]) -> list[_Node]:
    """The tree's top nodes: parents that have no placement of their own, such as the root."""
    nodes = {placement.address: _Node(placement.address, placement.was) for placement in placements}
    tops: dict[Address, _Node] = {}

    def node(address: Address) -> _Node:
        return nodes.get(address) or tops.setdefault(address, _Node(address))

    for placement in placements:
        node(placement.parent).children.append(nodes[placement.address])
        if placement.was:
            node(placement.was).moved_out.append(placement)
    return list(tops.values())


class _Chart:
    def __init__(self, review: PlanReview, links: Mapping[Address, str]) -> None:
        self._links = links
        self._blocked = blocked_addresses(review)
        self._notes = _notes(review)
        self._box_kinds = {placement.parent.kind for placement in review.placements}
        self._changes: dict[Address, list[Change]] = defaultdict(list)
        for change in review.plan.changes:
            self._changes[change.owner].append(change)

    def node(self, node: _Node, parent: str = "") -> Markup:
        return self._box(node, parent) if self._is_box(node) else self._chip(node, parent)

    def outside(self, addresses: Iterable[Address]) -> Markup:
        """Changed resources that stand in no OU, by kind."""
        kinds: dict[str, list[Markup]] = {}
        for address in addresses:
            kinds.setdefault(address.kind, []).append(self._chip(_Node(address)))
        boxes = [_open_box(tag("b", kind, class_="name"), chips) for kind, chips in kinds.items()]
        if not boxes:
            return EMPTY
        return joined(tag("h3", "Organization-wide"), block("ul", *boxes, class_="chart beside"))

    def _box(self, node: _Node, parent: str) -> Markup:
        name = node.address.name
        quiet = [child for child in node.children if self._is_quiet(child)]
        folded = quiet if len(quiet) > _QUIET_SHOWN else []
        shown = [child for child in node.children if not (folded and self._is_quiet(child))]
        inside = [
            *(self._chip(child, name) for child in shown if not self._is_box(child)),
            *(self._moved_out(placement) for placement in node.moved_out),
            *(self._box(child, name) for child in shown if self._is_box(child)),
        ]
        if folded:
            listed = block("ul", *(self.node(child, name) for child in folded))
            summary = tag("summary", f"{len(folded)} unchanged")
            inside.append(block("li", block("details", summary, listed), class_="quiet"))
        title = joined(*self._label(node, parent), self._count(node))
        return _open_box(title, inside, self._css_class(node.address))

    def _chip(self, node: _Node, parent: str = "") -> Markup:
        return tag("li", *self._label(node, parent), class_=f"chip {self._css_class(node.address)}")

    def _moved_out(self, placement: Placement) -> Markup:
        """A resource where it stands now, if the plan moves it."""
        name = self._linked(placement.address, placement.address.name)
        return tag("li", name, f" → {placement.parent.name}", class_="chip moved-out")

    def _count(self, node: _Node) -> Markup:
        below = [other for other in node.all() if other is not node]
        changed = sum(other.address in self._changes for other in below)
        return tag("span", f"{changed} of {len(below)} change", class_="count") if changed else EMPTY

    def _is_box(self, node: _Node) -> bool:
        return node.address.kind in self._box_kinds

    def _is_quiet(self, node: _Node) -> bool:
        """Whether nothing is said about the node or anything below it."""
        return not any(
            below.address in self._changes or below.address in self._notes or below.moved_out for below in node.all()
        )

    def _css_class(self, address: Address) -> str:
        if own := self._own_change(address):
            return own.action.value
        if address in self._changes:
            return Action.UPDATE.value
        return "unmanaged" if address in self._notes else "unchanged"

    def _linked(self, address: Address, shown: str) -> Markup:
        """The name, leading to the changes of the resource if it has any."""
        name = tag("b", shown, class_="name", title=str(address))
        return tag("a", name, href=f"#{self._links[address]}") if address in self._links else name

    def _label(self, node: _Node, parent: str) -> Iterator[Markup]:
        """The name, the changes and the notes. `parent` is the name of the node above, which a path begins with."""
        address, changes, own = node.address, self._changes.get(node.address, []), self._own_change(node.address)
        if own:
            yield action_mark(own.action)
        yield self._linked(address, address.name.removeprefix(f"{parent}/"))
        yield from _other_kinds(changes, own)
        if node.was:
            yield tag("span", f"from {node.was.name}", class_="note")
        if own and (renamed := _renamed(own)):
            yield tag("span", renamed, class_="note")
        yield approval_badge(changes, self._blocked)
        if any(change.cause in {Cause.DRIFT, Cause.BOTH} for change in changes):
            yield tag("span", "drift", class_="note drift")
        for note in self._notes.get(address, ()):
            yield tag("span", note, class_="note")

    def _own_change(self, address: Address) -> Change | None:
        return next((change for change in self._changes.get(address, ()) if change.address == address), None)


def _notes(review: PlanReview) -> Mapping[Address, list[str]]:
    notes: dict[Address, list[str]] = defaultdict(list)
    for resource in review.plan.retained:
        notes[resource.address].append("retained")
    for unmanaged in review.plan.unmanaged:
        notes[unmanaged.address].append("unmanaged")
    for item in review.plan.inaccessible:
        kind = f"{item.address.kind} " if item.owner not in {None, item.address} else ""
        notes[item.owner or item.address].append(f"{kind}inaccessible")
    return notes


def _other_kinds(changes: list[Change], own: Change | None) -> Iterator[Markup]:
    """The kinds of what else changes. What is created or deleted together with its owner is not listed."""
    found = {(change.action, change.address.kind) for change in changes if change is not own}
    for action, kind in sorted(found, key=lambda item: (list(Action).index(item[0]), item[1])):
        if own is None or own.action is not action:
            yield tag("span", action_mark(action), kind, class_=f"also {action}")


def _renamed(change: Change) -> str:
    """The change of its key, or else of its name in AWS."""
    if change.before is None or change.after is None:
        return ""
    key, new_key = (_key(side) for side in (change.before, change.after))
    name, new_name = (side.body.get("name") for side in (change.before, change.after))
    if key and new_key and key != new_key:
        return f"key was {key}"
    return f"renamed from {name} to {new_name}" if name != new_name else ""


def _key(resource: Resource) -> Json:
    tags = resource.body.get("tags")
    return tags.get(KEY_TAG) if isinstance(tags, Mapping) else None


def _open_box(title: Markup, inside: Collection[Markup], css_class: str = "") -> Markup:
    content = block("ul", *inside) if inside else tag("p", "empty", class_="empty")
    details = block("details", tag("summary", title), content, open="open")
    return block("li", details, class_=f"box {css_class}".strip())
