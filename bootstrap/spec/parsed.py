"""A file whose shape is right: its content beside the places that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.places import Node, Path
    from bootstrap.spec.source import Source

M_co = TypeVar("M_co", bound="Model", covariant=True)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[M_co]):
    """One file. A problem is made from here, so that it points at what it is about."""

    source: Source
    root: Node
    content: M_co

    def at_key(self, path: Path, message: str, hint: str) -> Problem:
        return self.source.problem(self.root.key_place(path), message, hint)

    def at_value(self, path: Path, message: str, hint: str) -> Problem:
        return self.source.problem(self.root.value_place(path), message, hint)

    def where(self, path: Path) -> str:
        """`file:line` of the last key of `path`."""
        return f"{self.source.file}:{self.root.key_place(path).line}"
