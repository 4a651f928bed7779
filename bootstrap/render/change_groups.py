"""Stories that are the same but for the name of what they are about, so that each is told once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Risk
from bootstrap.model.diff import canonical, differences

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview, Story
    from bootstrap.model.resource import Address


@dataclass(frozen=True, slots=True)
class Told:
    """A story that is told in full, and those that are the same."""

    story: Story
    others: tuple[Story, ...] = ()

    @property
    def stories(self) -> tuple[Story, ...]:
        return (self.story, *self.others)

    @property
    def changes(self) -> list[Change]:
        """Of all of them."""
        return [change for story in self.stories for change in story.changes]

    @property
    def names(self) -> list[str]:
        """Of what the others are about."""
        return [story.owner.name for story in self.others]


@dataclass(frozen=True, slots=True)
class Closer:
    """A change to look at closely, and how many more are the same."""

    change: Change
    others: int

    @property
    def more(self) -> str:
        return f" and {self.others} more" if self.others else ""


def closely(review: PlanReview) -> list[Closer]:
    """The changes to look at closely, each once, what goes away first: a long list is cut at its end."""
    risky = (replace(change, calls=None) for change in review.plan.changes if change.risk is Risk.MEDIUM)
    told = alike(review.stories(risky), ())
    closer = (Closer(change, len(each.others)) for each in told for change in each.story.changes)
    return sorted(closer, key=lambda each: each.change.after is not None)


def count(closer: Iterable[Closer]) -> int:
    """How many changes these are of."""
    return sum(1 + each.others for each in closer)


def alike(stories: Iterable[Story], refused: Collection[Address]) -> tuple[Told, ...]:
    """Every story once, where the first of those that are the same stands. One with calls is told for itself."""
    found: dict[Hashable, list[Story]] = {}
    for story in stories:
        with_calls = any(change.calls is not None for change in story.changes)
        found.setdefault(story.owner if with_calls else _content(story, refused), []).append(story)
    return tuple(Told(first, tuple(others)) for first, *others in found.values())


def _content(story: Story, refused: Collection[Address]) -> Hashable:
    """All that is told of a story, but the name of what it is about, and where the YAML says so."""
    return (
        story.owner.kind,
        tuple(
            (
                change.action,
                change.address.kind,
                change.address.name.removesuffix(story.owner.name),
                change.cause,
                change.risk,
                change.address in refused,
                change.remarks,
                _values(change),
            )
            for change in story.changes
        ),
    )


def _values(change: Change) -> str:
    before, after = change.bodies
    return canonical([[each.path, each.before, each.after] for each in differences(before or {}, after or {})])
