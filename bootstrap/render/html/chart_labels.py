"""What the organization chart says about one resource: its name, its changes, its notes.

Each has a symbol and a word, since colour alone is not accessible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Action, Cause
from bootstrap.model.names import KEY_TAG
from bootstrap.render.html.badges import action_mark, approval_badge
from bootstrap.render.html.markup import Markup, tag
from bootstrap.render.summary import blocked_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Json, Resource
    from bootstrap.render.html.chart_tree import Node


class Labels:
    def __init__(self, review: PlanReview, links: Mapping[Address, str]) -> None:
        """`links` holds the anchor of each change."""
        self._links = links
        self._blocked = blocked_addresses(review)
        self._notes = _notes(review)
        self._changes: dict[Address, list[Change]] = defaultdict(list)
        for change in review.plan.changes:
            self._changes[change.owner].append(change)

    def is_changed(self, address: Address) -> bool:
        return address in self._changes

    def is_quiet(self, node: Node) -> bool:
        """Whether nothing is said about the node or anything below it."""
        return not any(
            below.address in self._changes or below.address in self._notes or below.moved_out for below in node.all()
        )

    def css_class(self, address: Address) -> str:
        if own := self._own_change(address):
            return own.action.value
        if address in self._changes:
            return Action.UPDATE.value
        return "unmanaged" if address in self._notes else "unchanged"

    def linked(self, address: Address, shown: str) -> Markup:
        """The name, leading to the changes of the resource if it has any."""
        name = tag("b", shown, class_="name", title=str(address))
        return tag("a", name, href=f"#{self._links[address]}") if address in self._links else name

    def label(self, node: Node, parent: str = "") -> Iterator[Markup]:
        """`parent` is the name of the node above, which a path begins with."""
        address, changes, own = node.address, self._changes.get(node.address, []), self._own_change(node.address)
        if own:
            yield action_mark(own.action)
        yield self.linked(address, address.name.removeprefix(f"{parent}/"))
        yield from _other_kinds(changes, own)
        if node.placement and node.placement.was:
            yield tag("span", f"from {node.placement.was.name}", class_="note")
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
