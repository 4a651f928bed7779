"""The changes of a plan in a comment: a folded section for each group of identical ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Cause, Risk
from bootstrap.render import headings
from bootstrap.render.change_groups import group_changes
from bootstrap.render.change_lines import call_lines, headline
from bootstrap.render.details import Details
from bootstrap.render.json_lines import INDENT, wrapped
from bootstrap.render.markdown.fragments import code, first, fold
from bootstrap.render.summary import blocked_addresses, count_actions, counted
from bootstrap.render.symbols import SYMBOLS, symbol_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.change_groups import ChangeGroup
    from bootstrap.render.markdown.comment import Comment, Position

_WIDTH: Final = 100
# Of the owners of identical changes.
_NAMES: Final = 200
# The positions of the two sections.
_ASKED, _DRIFT = 1, 2


def put_changes(comment: Comment, review: PlanReview) -> None:
    """Risky changes and drift get room first; each stands in its place all the same."""
    details, blocked = Details(_WIDTH, review.plan), blocked_addresses(review)
    placed: list[tuple[Position, ChangeGroup]] = []
    for section, is_drift in ((_ASKED, False), (_DRIFT, True)):
        changes = [change for change in review.plan.changes if (change.cause is Cause.DRIFT) is is_drift]
        groups = group_changes(review.stories(changes), blocked)
        placed += [((section, number), group) for number, group in enumerate(groups, 1)]
    if any(section == _DRIFT for (section, _), _ in placed):
        comment.put(f"**{headings.DRIFT}**", (_DRIFT, 0))
    omitted = {_ASKED: 0, _DRIFT: 0}
    for position, group in sorted(placed, key=_urgency):
        if not _put_group(comment, group, details, position):
            omitted[position[0]] += len(group.changes)
    for section, noun in ((_DRIFT, "drift change"), (_ASKED, "change")):
        if omitted[section]:
            comment.omit(counted(omitted[section], noun))


def _urgency(placed: tuple[Position, ChangeGroup]) -> tuple[bool, Position]:
    (section, _), group = placed
    is_risky = any(change.risk is not Risk.LOW for change in group.changes)
    return (section == _ASKED and not is_risky, placed[0])


def _put_group(comment: Comment, group: ChangeGroup, details: Details, position: Position) -> bool:
    """In full, or by its title alone, or not at all."""
    counts = ", ".join(f"{count} to {action}" for action, count in count_actions(group.changes).items())
    title = f"{group.story.owner}{group.more}: {counts}"
    if comment.put(fold(title, list(_lines(group, details))), position):
        details.references.keep()
        return True
    details.references.drop()
    return comment.put(f"- {code(title)} (details omitted)", position)


def _lines(group: ChangeGroup, details: Details) -> Iterator[str]:
    for change in group.story.changes:
        yield from _change_lines(change, details)
    if group.others:
        yield from wrapped(_same(group.other_names), details.width, indent=INDENT)


def _change_lines(change: Change, details: Details) -> Iterator[str]:
    yield headline(change)
    yield from symbol_first(details.of(change), SYMBOLS.values())
    yield from call_lines(change, details.width)


def _same(names: Sequence[str]) -> str:
    return f"and the same for {len(names)} more: {', '.join(first(names, _NAMES))}"
