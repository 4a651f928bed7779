"""A plan as a comment on a pull request: first what to decide, then the changes folded, within GitHub's size limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Risk
from bootstrap.planfile import command_to_apply
from bootstrap.render import sentences
from bootstrap.render.changes import asked_and_drift, call_lines, count_rest, headline, risky_changes
from bootstrap.render.comment import SHOWN, Comment, code, first, fold, plain
from bootstrap.render.details import Details
from bootstrap.render.lines import INDENT, SYMBOLS, symbol_first, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.changes import ChangeGroup
    from bootstrap.render.comment import Position

# GitHub's API refuses a comment of more than 65,536 characters ("body is too long"). Who posts it adds a marker and a
# link, and a character is at least one byte.
LIMIT: Final = 65_536 - 1_024
# Of a section that is not part of the plan.
_OTHER_ITEMS: Final = 60
# The command to apply the plan may take this share of the limit.
_COMMAND_SHARE: Final = 4
_WIDTH: Final = 100
# Of the owners of identical changes.
_NAMES: Final = 200
# The positions of the sections that can be folded.
_ASKED, _DRIFT, _RETAINED, _UNMANAGED = 1, 2, 3, 4


def render_markdown(
    review: PlanReview,
    *,
    summary: str = "",
    note: str = "",
    limit: int = LIMIT,
    other_sections: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> str:
    """The plan in at most `limit` bytes. `summary` replaces the plan's own, and `note` stands below it, as Markdown.

    `other_sections` come first, each with a title and items of some lines. The plan is then part of another report, and
    cannot be applied from it.
    """
    plan = review.plan
    comment = Comment(limit, _command(review, limit // _COMMAND_SHARE) if other_sections is None else "")
    comment.put(f"### {plain(review.organization.name)}: {summary or sentences.summarize(review)}")
    if note:
        comment.put(note)
    for title, items in (other_sections or {}).items():
        comment.put_folded(title, items, most=_OTHER_ITEMS)
    if review.targets and not comment.put(plain(sentences.targets(review))):
        comment.omit("the targets")
    if review.raised:
        comment.put(f"**{plain(sentences.raised_limits(review))}**")
    comment.put_with_options(sentences.BLOCKED, [_blocker(each, sentences.APPROVE_WITH) for each in review.blockers])
    comment.put_with_options(sentences.APPROVED, [_blocker(each, sentences.APPROVED_WITH) for each in review.approved])
    inaccessible = [f"{code(str(item.address))}: {plain(item.reason)}" for item in sorted(plan.inaccessible)]
    comment.put_list(sentences.INACCESSIBLE, first(inaccessible), len(inaccessible))
    risky = risky_changes(review)
    shown = [f"{code(f'{SYMBOLS[change.action]} {change.address}')}{group.more}" for change, group in risky[:SHOWN]]
    comment.put_list(sentences.REVIEW_CAREFULLY, [*shown, *count_rest(risky[SHOWN:])], len(risky))
    # Both lists are short whatever their length, and the changes take what room is left.
    retained = [[line] for line in sentences.retained(plan)]
    comment.put_folded(sentences.RETAINED, retained, note=sentences.RETAINED_NOTE, position=(_RETAINED,))
    unmanaged = [[f"{address}: {detail}"] for address, detail in sentences.unmanaged(plan)]
    comment.put_folded(sentences.UNMANAGED, unmanaged, position=(_UNMANAGED,))
    _put_changes(comment, review)
    return comment.text()


def _command(review: PlanReview, room: int) -> str:
    """How to apply the plan. With many approvals or targets the command is too long for a comment."""
    command = command_to_apply(review)
    if not command:
        return ""
    if len(command.encode()) > room:
        return f"{sentences.TO_APPLY}: `org-bootstrap plan` prints the command, which is too long for a comment."
    return f"{sentences.TO_APPLY}: {code(command)}"


def _blocker(blocker: Blocker, approve_with: str) -> tuple[str, str]:
    """The blocker in full, and the option that approves it."""
    hint = f" ({plain(blocker.hint)})" if blocker.hint else ""
    option = f"--approve {blocker.token}" if blocker.token else ""
    approve = f"{approve_with}: {code(option)}" if option else sentences.NOT_OVERRIDABLE
    return f"{code(sentences.subject(blocker.address))}: {plain(blocker.reason)}{hint}; {approve}", option


def _put_changes(comment: Comment, review: PlanReview) -> None:
    """Risky changes and drift get room first; each stands in its place all the same."""
    details, (asked, drift) = Details(_WIDTH, review.plan), asked_and_drift(review)
    if drift:
        comment.put(f"**{sentences.DRIFT}**", (_DRIFT, 0))
    placed: list[tuple[Position, ChangeGroup]] = [((_ASKED, number), group) for number, group in enumerate(asked, 1)]
    placed += [((_DRIFT, number), group) for number, group in enumerate(drift, 1)]
    omitted = {_ASKED: 0, _DRIFT: 0}
    for position, group in sorted(placed, key=_urgency):
        if not _put_group(comment, group, details, position):
            omitted[position[0]] += len(group.changes)
    for section, noun in ((_DRIFT, "drift change"), (_ASKED, "change")):
        if omitted[section]:
            comment.omit(sentences.counted(omitted[section], noun))


def _urgency(placed: tuple[Position, ChangeGroup]) -> tuple[bool, Position]:
    position, group = placed
    is_risky = any(change.risk is not Risk.LOW for change in group.changes)
    return (position[0] == _ASKED and not is_risky, position)


def _put_group(comment: Comment, group: ChangeGroup, details: Details, position: Position) -> bool:
    """In full, or by its title alone, or not at all."""
    counts = ", ".join(f"{count} to {action}" for action, count in group.counts.items())
    title = f"{group.story.owner}{group.more}: {counts}"
    if comment.put(fold(title, _lines(group, details)), position):
        details.references.keep()
        return True
    details.references.drop()
    return comment.put(f"- {code(title)} (details omitted)", position)


def _lines(group: ChangeGroup, details: Details) -> Iterator[str]:
    for change in group.story.changes:
        yield headline(change)
        yield from symbol_first(details.of(change), SYMBOLS.values())
        yield from call_lines(change, details.width)
    if group.others:
        same = f"and the same for {len(group.others)} more: {', '.join(first(group.other_names, _NAMES))}"
        yield from wrapped(same, details.width, indent=INDENT)
