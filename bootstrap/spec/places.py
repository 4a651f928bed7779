"""Where things stand in a file: lines and columns as an editor counts them, from 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = "tuple[str | int, ...]"


class Place(NamedTuple):
    """A stretch of text. `end_line` and `end_column` are just after its last character."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Place(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place, and the same for everything inside it.

    `size` counts what a reader of the value would see, so a node that is used twice counts twice; `depth` is
    the longest way down. Both are known without walking, because aliases can make that walk endless.
    """

    value: Plain
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    children: Mapping[str | int, Node] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def find(self, path: Path) -> Node:
        """The node at `path`, or the nearest one above it where the path leaves the file."""
        node = self
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node

    def key_place(self, path: Path) -> Place:
        """Where the last key of `path` stands; for an item of a list, where the item does."""
        parent = self.find(path[:-1])
        return parent.keys.get(str(path[-1]), self.find(path).place) if path else self.place

    def value_place(self, path: Path) -> Place:
        """Where the value stands; a value that is not written stands where its key does."""
        place = self.find(path).place
        is_empty = (place.line, place.column) == (place.end_line, place.end_column)
        return self.key_place(path) if is_empty else place

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every value below that holds no others, with its path."""
        if not isinstance(self.value, dict | list):
            yield path, self
        for step, child in self.children.items():
            yield from child.leaves((*path, step))

    def texts(self, path: Path = ()) -> Iterator[tuple[Path, Place, str]]:
        """Every text below, keys included, with its path and place."""
        if isinstance(self.value, str):
            yield path, self.place, self.value
        for step, child in self.children.items():
            if isinstance(step, str):
                yield (*path, step), self.keys[step], step
            yield from child.texts((*path, step))
