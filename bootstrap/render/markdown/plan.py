"""A plan as a comment: first what to decide, then the changes folded, within GitHub's size limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.planfile import command_to_apply
from bootstrap.render import headings
from bootstrap.render.markdown.changes import put_changes
from bootstrap.render.markdown.comment import Comment
from bootstrap.render.markdown.fragments import SHOWN, code, plain
from bootstrap.render.risky_changes import count_changes, risky_changes
from bootstrap.render.summary import (
    describe_raised_limits,
    describe_targets,
    retained_lines,
    subject,
    summarize,
    unmanaged_lines,
)
from bootstrap.render.symbols import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.engine.plan import Blocker
    from bootstrap.engine.review import PlanReview

# GitHub's API refuses a comment of more than 65,536 characters ("body is too long"). Who posts it adds a marker and a
# link, and a character is at least one byte.
LIMIT: Final = 65_536 - 1_024
# Of a section that is not part of the plan.
_OTHER_ITEMS: Final = 60
# The command to apply the plan may take this share of the limit.
_COMMAND_SHARE: Final = 4
# The positions of the sections below the changes.
_RETAINED, _UNMANAGED = (3,), (4,)


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
    comment.put(f"### {plain(review.organization.name)}: {summary or summarize(review)}")
    if note:
        comment.put(note)
    for title, items in (other_sections or {}).items():
        comment.put_folded(title, items, most=_OTHER_ITEMS)
    if review.targets and not comment.put(plain(describe_targets(review))):
        comment.omit("the targets")
    if review.raised:
        comment.put(f"**{plain(describe_raised_limits(review))}**")
    comment.put_with_options(headings.BLOCKED, [_blocker(each, headings.APPROVE_WITH) for each in review.blockers])
    comment.put_with_options(headings.APPROVED, [_blocker(each, headings.APPROVED_WITH) for each in review.approved])
    inaccessible = [f"{code(str(item.address))}: {plain(item.reason)}" for item in sorted(plan.inaccessible)]
    comment.put_list(headings.INACCESSIBLE, inaccessible)
    comment.put_list(headings.REVIEW_CAREFULLY, _risky_changes(review))
    # Both lists are short whatever their length, and the changes take what room is left.
    retained = [[line] for line in retained_lines(plan)]
    comment.put_folded(headings.RETAINED, retained, note=headings.RETAINED_NOTE, position=_RETAINED)
    unmanaged = [[f"{address}: {detail}"] for address, detail in unmanaged_lines(plan)]
    comment.put_folded(headings.UNMANAGED, unmanaged, position=_UNMANAGED)
    put_changes(comment, review)
    return comment.text()


def _command(review: PlanReview, room: int) -> str:
    """How to apply the plan. With many approvals or targets the command is too long for a comment."""
    command = command_to_apply(review)
    if not command:
        return ""
    if len(command.encode()) > room:
        return f"{headings.TO_APPLY}: `org-bootstrap plan` prints the command, which is too long for a comment."
    return f"{headings.TO_APPLY}: {code(command)}"


def _blocker(blocker: Blocker, approve_with: str) -> tuple[str, str]:
    """The blocker in full, and the option that approves it."""
    hint = f" ({plain(blocker.hint)})" if blocker.hint else ""
    option = f"--approve {blocker.token}" if blocker.token else ""
    approve = f"{approve_with}: {code(option)}" if option else headings.NOT_OVERRIDABLE
    return f"{code(subject(blocker.address))}: {plain(blocker.reason)}{hint}; {approve}", option


def _risky_changes(review: PlanReview) -> list[str]:
    risky = risky_changes(review)
    lines = [f"{code(f'{SYMBOLS[each.change.action]} {each.change.address}')}{each.more}" for each in risky[:SHOWN]]
    more = count_changes(risky[SHOWN:])
    return [*lines, *([f"… and {more} more"] if more else [])]
