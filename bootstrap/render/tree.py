"""A tree as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Branch:
    """A label and what hangs below it."""

    label: str
    children: tuple[Branch, ...] = ()


def render_tree(branch: Branch) -> str:
    return "\n".join([one_line(branch.label), *_below(branch, "")])


def _below(branch: Branch, margin: str) -> Iterator[str]:
    for number, child in enumerate(branch.children, 1):
        last = number == len(branch.children)
        yield f"{margin}{'└── ' if last else '├── '}{one_line(child.label)}"
        yield from _below(child, margin + ("    " if last else "│   "))
