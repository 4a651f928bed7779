"""A YAML value with its place in the file. Lines and columns count from 1, as in an editor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = "tuple[str | int, ...]"


class Place(NamedTuple):
    """A range of text. `end_line` and `end_column` are just after its last character."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Place(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place, and the nodes of the values inside it.

    `size` counts this value and all below it: a node that is used twice counts twice. `depth` is the number of
    levels. Both are computed when the node is made, because with aliases a walk over all of it can be endless.
    """

    value: Plain
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    children: Mapping[str | int, Node] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def find(self, path: Path) -> Node:
        """The node at `path`, or the deepest node on the way to it if the file has no such value."""
        node = self
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node

    def key_place(self, path: Path) -> Place:
        """The place of the last key of `path`; for an item of a list, the place of the item."""
        parent = self.find(path[:-1])
        return parent.keys.get(str(path[-1]), self.find(path).place) if path else self.place

    def value_place(self, path: Path) -> Place:
        """The place of the value; for a value that is not written, the place of its key."""
        place = self.find(path).place
        is_empty = (place.line, place.column) == (place.end_line, place.end_column)
        return self.key_place(path) if is_empty else place

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every value below that is not a list or a mapping, with its path."""
        if not isinstance(self.value, dict | list):
            yield path, self
        for step, child in self.children.items():
            yield from child.leaves((*path, step))

    def texts(self, path: Path = ()) -> Iterator[tuple[Path, Place, str]]:
        """Every string below, keys included, with its path and place."""
        if isinstance(self.value, str):
            yield path, self.place, self.value
        for step, child in self.children.items():
            if isinstance(step, str):
                yield (*path, step), self.keys[step], step
            yield from child.texts((*path, step))
