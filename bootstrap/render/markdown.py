"""A plan as a comment on a pull request: what to decide first, the details folded, and never too long."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from bootstrap.plan import UNSEEN, Action, Cause
from bootstrap.planfile import command_to_apply
from bootstrap.render.alike import alike, closely, count
from bootstrap.render.change import SIGNS, Details, headline
from bootstrap.render.plan import KEPT, NO_WORD, WHY_KEPT, kept, loosened, narrowed, others, refused, summary
from bootstrap.render.signs import to_the_edge
from bootstrap.render.values import wrapped
from bootstrap.spelling import one_line, spell_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bootstrap.plan import Change, Refusal
    from bootstrap.proposal import Proposal
    from bootstrap.render.alike import Told

# "body is too long (maximum is 65536 characters)", says GitHub's API of a longer comment; bytes are never fewer.
# Whoever posts it has room left, for the mark that finds it again and for where it comes from.
LIMIT: Final = 65_536 - 1_024
# Of a list that is not the plan's own changes.
_SHOWN: Final = 20
# Names of things that change as one that is told in full.
_NAMED: Final = 200
# Of what drifted and is no change, a few lines each.
_ALSO: Final = 60
# Of all that there is room for, how little is left for what is typed.
_TYPED: Final = 4
# What is left for saying that something was cut.
_RESERVE: Final = 400


def render_markdown(
    proposal: Proposal,
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
    plan = proposal.plan
    page = _Page(limit - _RESERVE, _end(proposal, limit // _TYPED) if also is None else "")
    page.put(f"### {_plain(proposal.whose.name)}: {said or summary(proposal)}")
    if note:
        page.put(note)
    for title, items in (also or {}).items():
        page.put_folded(title, items, most=_ALSO)
    if proposal.only and not page.put(_plain(narrowed(proposal))):
        page.cut("what the plan is of")
    if proposal.loosened:
        page.put(f"**{_plain(loosened(proposal))}**")
    page.put_refusals("**Refused**", proposal.refusals, "until somebody consents")
    page.put_refusals("**Consented to**", proposal.consented, "consented")
    unseen = [f"{_code(str(item.address))}: {_plain(item.reason)}" for item in sorted(plan.unseen)]
    page.put_list(f"**{UNSEEN.capitalize()}**", unseen)
    closer = closely(proposal)
    look = [f"{_code(f'{SIGNS[each.change.action]} {each.change.address}')}{each.more}" for each in closer[:_SHOWN]]
    left = count(closer[_SHOWN:])
    page.put_list(
        "**Look closely: something goes away, or rights change**", [*look, *([f"… and {left} more"] if left else [])]
    )
    details = Details(100, plan)
    no = refused(proposal)
    asked = proposal.stories(change for change in plan.changes if change.cause is not Cause.DRIFT)
    _put_stories(page, alike(asked, no), details)
    drift = alike(proposal.stories(change for change in plan.changes if change.cause is Cause.DRIFT), no)
    if drift:
        page.put("**Changed outside since it was last applied, and put back**")
        _put_stories(page, drift, details)
    page.put_folded(KEPT, [[line] for line in kept(plan)], why=WHY_KEPT)
    page.put_folded("Not ours, and left alone", [[f"{address}: {what}"] for address, what in others(plan.foreign)])
    return page.text()


def _end(proposal: Proposal, room: int) -> str:
    """How to apply the plan. With many consents, or names of what it is of, that is as long as anything."""
    typed = command_to_apply(proposal)
    if not typed:
        return ""
    if len(typed.encode()) > room:
        return "To apply this and no more: `org-bootstrap plan` ends with the command, which is too long for here."
    return f"To apply this and no more: {_code(typed)}"


class _Page:
    """Parts one below the other, for as long as there is room beside the end."""

    def __init__(self, room: int, end: str) -> None:
        self._room = room - _size(end)
        self._parts: list[str] = []
        self._cut: list[str] = []
        self._end = end

    def put(self, part: str) -> bool:
        """Add a part, if it fits."""
        size = _size(part)
        if size > self._room:
            return False
        self._room -= size
        self._parts.append(part)
        return True

    def put_list(self, title: str, items: Sequence[str]) -> None:
        if items and not self.put(_listed(title, _first(items))):
            self.cut(f"{len(items)} under {title}")

    def put_refusals(self, title: str, refusals: Sequence[Refusal], word: str) -> None:
        """As many in full as leave room for the words that consent to the rest: none is dropped before its reasons."""
        told = [_refusal(refusal, word) for refusal in refusals]

        def shown(count: int) -> str:
            words = " ".join(f"--allow {refusal.token}" for refusal in refusals[count:] if refusal.token)
            rest = f"… and {len(told) - count} more{f': {_code(words)}' if words else ''}"
            return _listed(title, [*told[:count], *([rest] if count < len(told) else [])])

        fit = bisect_right(range(len(told) + 1), self._room, key=lambda count: _size(shown(count)))
        if told and fit:
            self.put(shown(fit - 1))
        elif told:
            self.cut(f"{len(told)} under {title}")

    def put_folded(self, title: str, items: Sequence[Sequence[str]], most: int = _SHOWN, why: str = "") -> None:
        """Each item in a few lines: as many items as there is room for, more or less."""
        for shown in (most, most // 4, most // 16) if items else ():
            lines = [line for item in items[:shown] for line in item]
            if self.put(_fold(f"{title}: {len(items)}", [*lines, *_rest(items, shown)], why)):
                return
        if items:
            self.cut(f"{len(items)} under {title}")

    def cut(self, what: str) -> None:
        """Something did not fit."""
        self._cut.append(what)

    def text(self) -> str:
        cut = (
            [f"Cut, since a comment has an end: {'; '.join(self._cut)}. The whole plan is in its file."]
            if self._cut
            else []
        )
        return "\n\n".join([*self._parts, *cut, *([self._end] if self._end else [])]) + "\n"


def _size(part: str) -> int:
    """In bytes, with the empty line below."""
    return len(part.encode()) + 2


def _listed(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items)])


def _put_stories(page: _Page, stories: Sequence[Told], details: Details) -> None:
    """Each folded; one that does not fit in full is named, and one that does not fit at all is counted."""
    left = 0
    for told in stories:
        more = f" and {len(told.others)} more" if told.others else ""
        title = f"{told.story.about}{more}: {_counts(told.changes)}"
        shown = details.copy()
        lines = [line for change in told.story.changes for line in _lines(change, shown)]
        if more:
            lines += wrapped(_others(told.names), details.width, indent="    ")
        if page.put(_fold(title, lines)):
            details.note(shown)
        elif not page.put(f"- {_code(title)} (its details are cut)"):
            left += len(told.changes)
    if left:
        page.cut(f"{left} change{'s' * (left > 1)}")


def _others(names: Sequence[str]) -> str:
    return f"and the same of {len(names)} more: {', '.join(_first(names, _NAMED))}"


def _lines(change: Change, details: Details) -> Iterator[str]:
    yield headline(change)
    yield from to_the_edge(details.of(change), SIGNS.values())
    yield from details.calls(change)


def _first(items: Sequence[str], most: int = _SHOWN) -> list[str]:
    return [*items[:most], *_rest(items, most)]


def _rest(items: Sequence[object], most: int) -> list[str]:
    return [f"… and {len(items) - most} more"] if len(items) > most else []


def _counts(changes: Sequence[Change]) -> str:
    counts = ((action, sum(change.action is action for change in changes)) for action in Action)
    return ", ".join(f"{count} to {action}" for action, count in counts if count)


def _fold(title: str, lines: Iterable[str], why: str = "") -> str:
    """Closed, with lines that nothing in them can end early: the fence is longer than any in it."""
    body = "\n".join(map(one_line, lines))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    summary_line = f"<details><summary>{_unlinked(html.escape(one_line(title), quote=False))}</summary>"
    return "\n\n".join([summary_line, *([why] if why else []), f"{fence}diff\n{body}\n{fence}", "</details>"])


def _refusal(refusal: Refusal, word: str) -> str:
    hint = f" ({_plain(refusal.hint)})" if refusal.hint else ""
    token = f"{word}: {_code(f'--allow {refusal.token}')}" if refusal.token else NO_WORD
    return f"{_code(str(refusal.address))}: {_plain(refusal.reason)}{hint}; {token}"


def _code(text: str) -> str:
    """A span of code, whatever is in it."""
    text = " ".join(spell_out(text).split())
    tick = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{tick}{space}{text}{space}{tick}"


def _plain(text: str) -> str:
    """Text that Markdown, HTML and GitHub's mentions make nothing of."""
    return _unlinked(re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(spell_out(text).split())))


def _unlinked(text: str) -> str:
    """Markdown in which GitHub finds nobody to call and no issue to link: it looks once escapes are gone, so that a
    space of no width goes between.
    """
    return re.sub("([@#])", r"\1&#8203;", text)
