"""A plan as a comment on a pull request: what to decide first, the details folded, and never too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import INACCESSIBLE, Action, Cause, Risk
from bootstrap.planfile import command_to_apply
from bootstrap.render.alike import alike, closely, count
from bootstrap.render.change import SIGNS, Details, headline
from bootstrap.render.comment import SHOWN, Comment, code, first, fold, plain
from bootstrap.render.plan import KEPT, NO_WORD, WHY_KEPT, kept, loosened, narrowed, others, refused, summary
from bootstrap.render.signs import to_the_edge
from bootstrap.render.values import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker, Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.alike import Told

# "body is too long (maximum is 65536 characters)", says GitHub's API of a longer comment; bytes are never fewer.
# Whoever posts it has room left, for the mark that finds it again and for where it comes from.
LIMIT: Final = 65_536 - 1_024
# Names of things that change as one that is told in full.
_NAMED: Final = 200
# Of what drifted and is no change, a few lines each.
_ALSO: Final = 60
# Of all that there is room for, how little is left for what is typed.
_TYPED: Final = 4
# What stands below the top, in this order.
_ASKED, _DRIFT, _KEPT, _OTHERS = range(1, 5)


def render_markdown(
    review: PlanReview,
    *,
    said: str = "",
    note: str = "",
    limit: int = LIMIT,
    also: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> str:
    """The plan, in at most `limit` bytes: what does not fit is counted. `said` stands in the place of its own summary,
    with a `note`, in Markdown, below. `also` are things that are no part of it and go first, by their title, each in a
    few lines: the plan is then part of another report, and binds nothing.
    """
    plan = review.plan
    page = Comment(limit, _end(review, limit // _TYPED) if also is None else "")
    page.put(f"### {plain(review.organization.name)}: {said or summary(review)}")
    if note:
        page.put(note)
    for title, items in (also or {}).items():
        page.put_folded(title, items, most=_ALSO)
    if review.targets and not page.put(plain(narrowed(review))):
        page.cut("what the plan is of")
    if review.raised:
        page.put(f"**{plain(loosened(review))}**")
    page.put_worded("**Refused**", [_refusal(each, "until somebody consents") for each in review.blockers])
    page.put_worded("**Consented to**", [_refusal(each, "consented") for each in review.approved])
    inaccessible = [f"{code(str(item.address))}: {plain(item.reason)}" for item in sorted(plan.inaccessible)]
    page.put_list(f"**{INACCESSIBLE.capitalize()}**", inaccessible)
    closer = closely(review)
    look = [f"{code(f'{SIGNS[each.change.action]} {each.change.address}')}{each.more}" for each in closer[:SHOWN]]
    left = count(closer[SHOWN:])
    page.put_list(
        "**Look closely: something goes away, or rights change**", [*look, *([f"… and {left} more"] if left else [])]
    )
    # A long list of what is harmless leaves room for all else.
    page.put_folded(KEPT, [[line] for line in kept(plan)], why=WHY_KEPT, at=(_KEPT,))
    theirs = [[f"{address}: {what}"] for address, what in others(plan.unmanaged)]
    page.put_folded("Not ours, and left alone", theirs, at=(_OTHERS,))
    _put_changes(page, review)
    return page.text()


def _end(review: PlanReview, room: int) -> str:
    """How to apply the plan. With many consents, or names of what it is of, that is as long as anything."""
    typed = command_to_apply(review)
    if not typed:
        return ""
    if len(typed.encode()) > room:
        return "To apply this and no more: `org-bootstrap plan` ends with the command, which is too long for here."
    return f"To apply this and no more: {code(typed)}"


def _put_changes(page: Comment, review: PlanReview) -> None:
    """What to look at closely, and what is put back, has room before the rest; each stands in its order."""
    details, no = Details(100, review.plan), refused(review)
    placed: list[tuple[tuple[int, ...], Told]] = []
    for section, is_drift in ((_ASKED, False), (_DRIFT, True)):
        changes = [change for change in review.plan.changes if (change.cause is Cause.DRIFT) is is_drift]
        placed += [((section, number), told) for number, told in enumerate(alike(review.stories(changes), no), 1)]
    if any(at[0] == _DRIFT for at, _ in placed):
        page.put("**Changed outside since it was last applied, and put back**", (_DRIFT, 0))
    left = {_ASKED: 0, _DRIFT: 0}
    for at, told in sorted(placed, key=lambda each: (each[0][0] == _ASKED and not _is_risky(each[1]), each[0])):
        if not _put_story(page, told, details, at):
            left[at[0]] += len(told.changes)
    for section, what in ((_DRIFT, " made outside"), (_ASKED, "")):
        if number := left[section]:
            page.cut(f"{number} change{'s' * (number > 1)}{what}")


def _is_risky(told: Told) -> bool:
    return any(change.risk is not Risk.LOW for change in told.changes)


def _put_story(page: Comment, told: Told, details: Details, at: tuple[int, ...]) -> bool:
    """Folded; where it does not fit in full it is named, if it fits so."""
    more = f" and {len(told.others)} more" if told.others else ""
    title = f"{told.story.owner}{more}: {_counts(told.changes)}"
    shown = details.copy()
    lines = [line for change in told.story.changes for line in _lines(change, shown)]
    if more:
        lines += wrapped(_others(told.names), details.width, indent="    ")
    if page.put(fold(title, lines), at):
        details.note(shown)
        return True
    return page.put(f"- {code(title)} (its details are cut)", at)


def _others(names: Sequence[str]) -> str:
    return f"and the same of {len(names)} more: {', '.join(first(names, _NAMED))}"


def _lines(change: Change, details: Details) -> Iterator[str]:
    yield headline(change)
    yield from to_the_edge(details.of(change), SIGNS.values())
    yield from details.calls(change)


def _counts(changes: Sequence[Change]) -> str:
    counts = ((action, sum(change.action is action for change in changes)) for action in Action)
    return ", ".join(f"{count} to {action}" for action, count in counts if count)


def _refusal(blocker: Blocker, word: str) -> tuple[str, str]:
    """All of it, and what is typed to consent."""
    hint = f" ({plain(blocker.hint)})" if blocker.hint else ""
    typed = f"--approve {blocker.token}" if blocker.token else ""
    token = f"{word}: {code(typed)}" if typed else NO_WORD
    return f"{code(str(blocker.address))}: {plain(blocker.reason)}{hint}; {token}", typed
