"""The organization as a picture: boxes in boxes, and on each what changes. It knows places, and no kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action, Cause, Risk
from bootstrap.model.names import KEY_TAG
from bootstrap.render.change import SIGNS
from bootstrap.render.markup import Markup, block, joined, tag
from bootstrap.render.plan import refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import Placement, PlanReview
    from bootstrap.model.resource import Address, Json, Resource

# More than these, where nothing changes, are folded: they would hide what does.
_CALM: Final = 12


@dataclass(slots=True)
class _Node:
    """A place with what stands in it."""

    address: Address
    place: Placement | None = None
    holds: list[_Node] = field(default_factory=list)
    left: list[Placement] = field(default_factory=list)

    def all(self) -> Iterable[_Node]:
        yield self
        for node in self.holds:
            yield from node.all()


def render_picture(review: PlanReview, links: Mapping[Address, str]) -> Markup:
    """Every place of the organization; `links` leads from a thing to where its changes are told."""
    changes: dict[Address, list[Change]] = {}
    for change in review.plan.changes:
        changes.setdefault(change.owner, []).append(change)
    notes: dict[Address, list[str]] = {}
    for kept in review.plan.retained:
        notes.setdefault(kept.address, []).append("kept")
    for item in review.plan.unmanaged:
        notes.setdefault(item.address, []).append("not ours")
    for inaccessible in review.plan.inaccessible:
        what = f"{inaccessible.address.kind} " if inaccessible.owner not in {None, inaccessible.address} else ""
        notes.setdefault(inaccessible.owner or inaccessible.address, []).append(f"{what}not seen")
    tops = _forest(review.placements)
    placed = {node.address for top in tops for node in top.all()}
    holders = {place.parent.kind for place in review.placements}
    drawing = _Drawing(changes, notes, links, holders, refused(review))
    rest = [story.owner for story in review.stories(review.plan.changes) if story.owner not in placed]
    return joined(
        *(block("ul", drawing.of(top, ""), class_="map", aria_label="The OUs and accounts") for top in tops),
        drawing.beside(rest),
    )


def _forest(places: Sequence[Placement]) -> list[_Node]:
    """Places by what they stand in. What holds a place and has none itself, as the root, is a top."""
    nodes = {place.address: _Node(place.address, place) for place in places}
    tops: dict[Address, _Node] = {}
    for place in places:
        holder = nodes.get(place.parent) or tops.setdefault(place.parent, _Node(place.parent))
        holder.holds.append(nodes[place.address])
        if place.was:
            (nodes.get(place.was) or tops.setdefault(place.was, _Node(place.was))).left.append(place)
    return list(tops.values())


@dataclass(frozen=True, slots=True)
class _Drawing:
    changes: Mapping[Address, Sequence[Change]]
    notes: Mapping[Address, Sequence[str]]
    links: Mapping[Address, str]
    holders: Collection[str]
    refused: Collection[Address]

    def of(self, node: _Node, above: str) -> Markup:
        """A box, if things of its kind hold others; a chip, if not. `above` is the name of what it stands in."""
        if node.address.kind not in self.holders:
            return tag("li", *self._label(node, above), class_=f"chip {self._look(node.address)}")
        busy = [inside for inside in node.holds if not self._is_calm(inside)]
        calm = [inside for inside in node.holds if self._is_calm(inside)]
        chips: list[Markup] = []
        boxes: list[Markup] = []
        for inside in busy if len(calm) > _CALM else node.holds:
            (boxes if inside.address.kind in self.holders else chips).append(self.of(inside, node.address.name))
        if len(calm) > _CALM:
            folded = block("ul", *(self.of(inside, node.address.name) for inside in calm))
            boxes.append(block("li", block("details", tag("summary", f"{len(calm)} unchanged"), folded), class_="calm"))
        head = tag("summary", *self._label(node, above), self._within(node))
        chips += [self._ghost(place) for place in node.left]
        content = block("ul", *chips, *boxes) if chips or boxes else tag("p", "empty", class_="empty")
        return block("li", block("details", head, content, open="open"), class_=f"box {self._look(node.address)}")

    def _ghost(self, place: Placement) -> Markup:
        """What stands elsewhere once the plan is applied, where it stands now."""
        name = tag("b", place.address.name, class_="name", title=str(place.address))
        linked = tag("a", name, href=f"#{self.links[place.address]}") if place.address in self.links else name
        return tag("li", linked, f" → {place.parent.name}", class_="chip gone")

    def beside(self, rest: Sequence[Address]) -> Markup:
        """What changes and stands in no place, by kind."""
        kinds: dict[str, list[Markup]] = {}
        for address in rest:
            chip = tag("li", *self._label(_Node(address), ""), class_=f"chip {self._look(address)}")
            kinds.setdefault(address.kind, []).append(chip)
        boxes = (
            block(
                "li",
                block("details", tag("summary", tag("b", kind, class_="name")), block("ul", *chips), open="open"),
                class_="box",
            )
            for kind, chips in kinds.items()
        )
        if not kinds:
            return Markup("")
        return joined(tag("h3", "Of the organization as a whole"), block("ul", *boxes, class_="map beside"))

    def _is_calm(self, node: _Node) -> bool:
        return not any(
            inside.address in self.changes or inside.address in self.notes or inside.left for inside in node.all()
        )

    def _look(self, address: Address) -> str:
        own = self._own(address)
        if own is not None:
            return own.action.value
        if address in self.changes:
            return Action.UPDATE.value
        return "unmanaged" if address in self.notes else "same"

    def _own(self, address: Address) -> Change | None:
        return next((change for change in self.changes.get(address, ()) if change.address == address), None)

    def _label(self, node: _Node, above: str) -> Iterable[str]:
        """Its sign, its name, and what else is of it: a sign and a word for each, since a colour is not enough."""
        address, changes, own = node.address, self.changes.get(node.address, ()), self._own(node.address)
        if own is not None:
            yield mark(own.action)
        name = tag("b", address.name.removeprefix(f"{above}/"), class_="name", title=str(address))
        yield tag("a", name, href=f"#{self.links[address]}") if address in self.links else name
        # What comes and goes with a thing goes without saying.
        told = {(change.action, change.address.kind) for change in changes if change is not own}
        for action, kind in sorted(told, key=lambda item: (list(Action).index(item[0]), item[1])):
            if own is None or own.action is not action:
                yield tag("span", mark(action), kind, class_=f"also {action}")
        if node.place and node.place.was:
            yield tag("span", f"from {node.place.was.name}", class_="note")
        if own is not None and (renamed := _renamed(own)):
            yield tag("span", renamed, class_="note")
        yield verdict(changes, self.refused)
        if any(change.cause in {Cause.DRIFT, Cause.BOTH} for change in changes):
            yield tag("span", "changed outside", class_="note drift")
        for note in self.notes.get(address, ()):
            yield tag("span", note, class_="note")

    def _within(self, node: _Node) -> Markup:
        inside = [other for other in node.all() if other is not node]
        busy = sum(other.address in self.changes for other in inside)
        return tag("span", f"{busy} of {len(inside)} change", class_="within") if busy else Markup("")


def _renamed(change: Change) -> str:
    """What a thing was called: by the key that its tag holds, or by the name that AWS shows."""
    if change.before is None or change.after is None:
        return ""
    key, new_key = (_key(side) for side in (change.before, change.after))
    name, new_name = (side.body.get("name") for side in (change.before, change.after))
    if key and new_key and key != new_key:
        return f"was {key}"
    return f"named {new_name}, was {name}" if name != new_name else ""


def _key(resource: Resource) -> Json:
    tags = resource.body.get("tags")
    return tags.get(KEY_TAG) if isinstance(tags, Mapping) else None


def mark(action: Action) -> Markup:
    """A sign for the eye, and a word for a reader of screens."""
    sign = tag("span", SIGNS[action], aria_hidden="true")
    return tag("span", sign, tag("span", f"{action}: ", class_="aside"), class_=f"mark {action}", title=f"to {action}")


def verdict(changes: Iterable[Change], no: Collection[Address]) -> Markup:
    """That changes are refused, or were consented to; nothing for those that take no word."""
    high = [change.address for change in changes if change.risk is Risk.HIGH]
    if not high:
        return Markup("")
    if any(address in no for address in high):
        return tag("span", "! refused", class_="note high")
    return tag("span", "consented", class_="note medium")
