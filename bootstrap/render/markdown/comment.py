"""A comment in Markdown, of as many bytes as there is room for: its parts, and what text is to be safe in it."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.secrecy.escape import one_line, spell_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    At: TypeAlias = tuple[int, ...]

# Of a list that is not the plan's own changes.
SHOWN: Final = 20
# Where a part stands that says nothing else: before all that does.
TOP: Final = (0,)
# What is left for saying that something was cut.
_RESERVE: Final = 400


class Comment:
    """Parts, each where it is to stand, for as long as there is room beside the end: what is put first has it."""

    def __init__(self, limit: int, end: str) -> None:
        self._room = limit - _RESERVE - _size(end)
        self._parts: list[tuple[At, str]] = []
        self._cut: list[str] = []
        self._end = end

    def put(self, part: str, at: At = TOP) -> bool:
        """Add a part, if it fits."""
        size = _size(part)
        if size > self._room:
            return False
        self._room -= size
        self._parts.append((at, part))
        return True

    def put_list(self, title: str, items: Sequence[str]) -> None:
        if items and not self.put(_listed(title, first(items))):
            self.cut(f"{len(items)} under {title}")

    def put_worded(self, title: str, items: Sequence[tuple[str, str]]) -> None:
        """Items with the words that are to be typed for each: of those that take more than half of the room the words
        alone, and none is dropped before its reasons.
        """
        if not items:
            return

        def shown(full: int, worded: int = len(items)) -> str:
            words = " ".join(word for _, word in items[full:worded] if word)
            parts = [
                *(text for text, _ in items[:full]),
                *([f"… and {worded - full} more{f': {code(words)}' if words else ''}"] if worded > full else []),
                *([f"… and {len(items) - worded} more, for which there is no room"] if worded < len(items) else []),
            ]
            return _listed(title, parts)

        if full := _most(len(items), self._room // 2, shown):
            self.put(shown(full))
        elif worded := _most(len(items), self._room, lambda count: shown(0, count)):
            self.put(shown(0, worded))
        else:
            self.cut(f"{len(items)} under {title}")

    def put_folded(
        self, title: str, items: Sequence[Sequence[str]], most: int = SHOWN, why: str = "", at: At = TOP
    ) -> None:
        """Each item in a few lines: as many items as there is room for, more or less."""
        for shown in (most, most // 4, most // 16) if items else ():
            lines = [line for item in items[:shown] for line in item]
            if self.put(fold(f"{title}: {len(items)}", [*lines, *_rest(items, shown)], why), at):
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
        parts = [part for _, part in sorted(self._parts, key=lambda placed: placed[0])]
        return "\n\n".join([*parts, *cut, *([self._end] if self._end else [])]) + "\n"


def fold(title: str, lines: Iterable[str], why: str = "") -> str:
    """Closed, with lines that nothing in them can end early: the fence is longer than any in it."""
    body = "\n".join(map(one_line, lines))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    summary_line = f"<details><summary>{_unlinked(html.escape(one_line(title), quote=False))}</summary>"
    return "\n\n".join([summary_line, *([why] if why else []), f"{fence}diff\n{body}\n{fence}", "</details>"])


def code(text: str) -> str:
    """A span of code, whatever is in it."""
    text = " ".join(spell_out(text).split())
    tick = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{tick}{space}{text}{space}{tick}"


def plain(text: str) -> str:
    """Text that Markdown, HTML and GitHub's mentions make nothing of."""
    return _unlinked(re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(spell_out(text).split())))


def first(items: Sequence[str], most: int = SHOWN) -> list[str]:
    """As many, and how many more there are."""
    return [*items[:most], *_rest(items, most)]


def _unlinked(text: str) -> str:
    """Markdown in which GitHub finds nobody to call and no issue to link: it looks once escapes are gone, so that a
    space of no width goes between.
    """
    return re.sub("([@#])", r"\1&#8203;", text)


def _most(count: int, room: int, shown: Callable[[int], str]) -> int:
    """The most of so many that there is room for; none where even one has none."""
    return bisect_right(range(1, count + 1), room, key=lambda some: _size(shown(some)))


def _size(part: str) -> int:
    """In bytes, with the empty line below."""
    return len(part.encode()) + 2


def _listed(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items)])


def _rest(items: Sequence[object], most: int) -> list[str]:
    return [f"… and {len(items) - most} more"] if len(items) > most else []
