"""The changes to review carefully: those that delete something or change permissions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Risk
from bootstrap.render.change_groups import group_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview


@dataclass(frozen=True, slots=True)
class RiskyChange:
    """One change, and the number of identical ones."""

    change: Change
    others: int

    @property
    def more(self) -> str:
        return f" and {self.others} more" if self.others else ""


def risky_changes(review: PlanReview) -> list[RiskyChange]:
    """Each group of identical changes once, deletions first: readers of a long list stop early."""
    risky = (replace(change, calls=None) for change in review.plan.changes if change.risk is Risk.MEDIUM)
    groups = group_changes(review.stories(risky), ())
    found = [RiskyChange(change, len(group.others)) for group in groups for change in group.story.changes]
    return sorted(found, key=lambda risky: risky.change.after is not None)


def count_changes(risky: Iterable[RiskyChange]) -> int:
    """The number of changes in these, identical ones included."""
    return sum(1 + each.others for each in risky)
