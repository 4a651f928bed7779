"""The organization chart as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.engine.review import Placement
    from bootstrap.model.resource import Address


@dataclass(slots=True)
class Node:
    """A resource, those inside it, and those that this plan moves out of it."""

    address: Address
    placement: Placement | None = None
    children: list[Node] = field(default_factory=list)
    moved_out: list[Placement] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """The node and everything below it."""
        yield self
        for child in self.children:
            yield from child.all()


def build_chart(placements: Sequence[Placement]) -> list[Node]:
    """The top nodes: parents that have no placement of their own, such as the root."""
    nodes = {placement.address: Node(placement.address, placement) for placement in placements}
    tops: dict[Address, Node] = {}

    def node(address: Address) -> Node:
        return nodes.get(address) or tops.setdefault(address, Node(address))

    for placement in placements:
        node(placement.parent).children.append(nodes[placement.address])
        if placement.was:
            node(placement.was).moved_out.append(placement)
    return list(tops.values())
