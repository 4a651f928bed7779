"""Identical changes of different owners, grouped so that a plan shows them once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical, differences

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import Story
    from bootstrap.model.resource import Address


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Stories with the same changes: `story` is shown in full, `others` by name."""

    story: Story
    others: tuple[Story, ...] = ()

    @property
    def stories(self) -> tuple[Story, ...]:
        return (self.story, *self.others)

    @property
    def changes(self) -> list[Change]:
        """The changes of all stories."""
        return [change for story in self.stories for change in story.changes]

    @property
    def other_names(self) -> list[str]:
        return [story.owner.name for story in self.others]

    @property
    def more(self) -> str:
        return f" and {len(self.others)} more" if self.others else ""


def group_changes(stories: Iterable[Story], blocked: Collection[Address]) -> tuple[ChangeGroup, ...]:
    """Every story in one group; a group stands where its first story stood.

    A story with API calls (`--show-api-calls`) is never grouped: its calls name the resource.
    """
    groups: dict[Hashable, list[Story]] = {}
    for story in stories:
        has_calls = any(change.calls is not None for change in story.changes)
        groups.setdefault(story.owner if has_calls else _content(story, blocked), []).append(story)
    return tuple(ChangeGroup(first, tuple(others)) for first, *others in groups.values())


def _content(story: Story, blocked: Collection[Address]) -> Hashable:
    """Everything that a plan shows of a story except the name of its owner and the line of the YAML."""
    return (
        story.owner.kind,
        tuple(
            (
                change.action,
                change.address.kind,
                change.address.name.removesuffix(story.owner.name),
                change.cause,
                change.risk,
                change.address in blocked,
                change.remarks,
                _values(change),
            )
            for change in story.changes
        ),
    )


def _values(change: Change) -> str:
    before, after = change.bodies
    return canonical([[each.path, each.before, each.after] for each in differences(before or {}, after or {})])
