"""The changes of a plan: identical ones in one group, the risky ones in a list, and the lines about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action, Cause, Risk
from bootstrap.model.diff import canonical, differences
from bootstrap.render.lines import INDENT, SYMBOLS, compact, wrapped
from bootstrap.render.sentences import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview, Story
    from bootstrap.model.resource import Address, Json

# A parameter of a call that is longer is not shown.
_LONG: Final = 160


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
        return [change for story in self.stories for change in story.changes]

    @property
    def other_names(self) -> list[str]:
        return [story.owner.name for story in self.others]

    @property
    def more(self) -> str:
        return f" and {len(self.others)} more" if self.others else ""

    @property
    def counts(self) -> dict[Action, str]:
        """The number of changes of each action, with their kind if that is not their owner's: `1 attachment`."""
        found: dict[Action, str] = {}
        for action in Action:
            changes = [change for change in self.changes if change.action is action]
            kinds = {change.address.kind for change in changes}
            if len(kinds) == 1 and self.story.owner.kind not in kinds:
                found[action] = counted(len(changes), kinds.pop())
            elif changes:
                found[action] = str(len(changes))
        return found


def asked_and_drift(review: PlanReview) -> tuple[list[ChangeGroup], list[ChangeGroup]]:
    """The groups of changes that the YAML asks for, and of those that revert drift."""
    changes = review.plan.changes
    return (
        _groups(review, (change for change in changes if change.cause is not Cause.DRIFT)),
        _groups(review, (change for change in changes if change.cause is Cause.DRIFT)),
    )


def risky_changes(review: PlanReview) -> list[tuple[Change, ChangeGroup]]:
    """The changes that delete something or change permissions, one of each group.

    Deletions come first: readers of a long list stop early.
    """
    risky = (replace(change, calls=None) for change in review.plan.changes if change.risk is Risk.MEDIUM)
    found = [(change, group) for group in _groups(review, risky) for change in group.story.changes]
    return sorted(found, key=lambda item: item[0].after is not None)


def count_rest(risky: Iterable[tuple[Change, ChangeGroup]]) -> list[str]:
    """A line for the risky changes that are not listed, if there are any; it counts identical ones too."""
    number = sum(len(group.stories) for _, group in risky)
    return [f"… and {number} more"] if number else []


def blocked_addresses(review: PlanReview) -> frozenset[Address]:
    return frozenset(blocker.address for blocker in review.blockers)


def _groups(review: PlanReview, changes: Iterable[Change]) -> list[ChangeGroup]:
    """Every story in one group; a group stands where its first story stood.

    A story with API calls (`--show-api-calls`) is never grouped: its calls name the resource.
    """
    blocked = blocked_addresses(review)
    groups: dict[Hashable, list[Story]] = {}
    for story in review.stories(changes):
        has_calls = any(change.calls is not None for change in story.changes)
        shown = [
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
        ]
        # Everything that a plan shows of a story except the name of its owner and the line of the YAML.
        groups.setdefault(story.owner if has_calls else (story.owner.kind, *shown), []).append(story)
    return [ChangeGroup(first, tuple(others)) for first, *others in groups.values()]


def _values(change: Change) -> str:
    before, after = change.bodies
    return canonical([[each.path, each.before, each.after] for each in differences(before or {}, after or {})])


def headline(change: Change) -> str:
    """The action, the resource, and its line in the YAML."""
    origin = change.after.origin if change.after else ""
    also = "  also changed outside org-bootstrap" if change.cause is Cause.BOTH else ""
    return f"{SYMBOLS[change.action]} {change.address}" + (f"  ({origin})" if origin else "") + also


def call_lines(change: Change, width: int) -> Iterator[str]:
    """A paragraph for each API call of a change; nothing unless the plan was made with `--show-api-calls`."""
    if change.calls == ():
        yield f"{INDENT}> no API call"
    for call in change.calls or ():
        place = f" in {call.account} {call.region}" if call.account else ""
        parameters = "".join(f" {name}={_argument(value)}" for name, value in call.parameters.items())
        yield from wrapped(f"{INDENT}> {call.action}{place}{parameters}", width, indent=INDENT * 2)


def _argument(value: Json) -> str:
    """A parameter as it is sent; of a document only its length, since the change shows its content."""
    if isinstance(value, str) and (len(value) > _LONG or value.startswith("{")):
        return f"({len(value):,} characters)"
    return compact(value)
