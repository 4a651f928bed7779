"""A Markdown comment with a size limit: what does not fit is counted, and no text is taken for markup or a mention."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.secrecy.escape import one_line, spell_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Position: TypeAlias = tuple[int, ...]

TOP: Final = (0,)
"""Before all other positions."""
SHOWN: Final = 20
"""The items of a list; the rest is counted."""
# Bytes for the sentence that something was omitted.
_RESERVE: Final = 400


class Comment:
    """Parts in the order of their positions. A part that is put earlier gets room first; the end always has room."""

    def __init__(self, limit: int, end: str) -> None:
        self._room = limit - _RESERVE - _size(end)
        self._parts: list[tuple[Position, str]] = []
        self._omitted: list[str] = []
        self._end = end

    def put(self, part: str, position: Position = TOP) -> bool:
        """Add a part if it fits."""
        size = _size(part)
        if size > self._room:
            return False
        self._room -= size
        self._parts.append((position, part))
        return True

    def put_list(self, title: str, items: Sequence[str], count: int) -> None:
        """`count` is the number of items, also of those that are only counted."""
        if items and not self.put(_bullets(title, items)):
            self.omit(f"{count} under {title}")

    def put_with_options(self, title: str, items: Sequence[tuple[str, str]]) -> None:
        """Items, each with the option to type for it. If they take more than half of the room, the last ones are shown
        as their options alone: every option is shown before any text is.
        """
        if not items:
            return

        def shown(full: int, named: int = len(items)) -> str:
            options = " ".join(option for _, option in items[full:named] if option)
            more = f"… and {named - full} more{f': {code(options)}' if options else ''}"
            parts = [
                *(text for text, _ in items[:full]),
                *([more] if named > full else []),
                *([f"… and {len(items) - named} more beyond the size limit"] if named < len(items) else []),
            ]
            return _bullets(title, parts)

        if full := _most(len(items), self._room // 2, shown):
            self.put(shown(full))
        elif named := _most(len(items), self._room, lambda count: shown(0, count)):
            self.put(shown(0, named))
        else:
            self.omit(f"{len(items)} under {title}")

    def put_folded(
        self, title: str, items: Sequence[Sequence[str]], most: int = SHOWN, note: str = "", position: Position = TOP
    ) -> None:
        """Items of some lines each: `most` of them, or fewer if there is no room."""
        for shown in (most, most // 4, most // 16) if items else ():
            lines = [line for item in items[:shown] for line in item]
            if self.put(fold(f"{title}: {len(items)}", [*lines, *_count_rest(items, shown)], note), position):
                return
        if items:
            self.omit(f"{len(items)} under {title}")

    def omit(self, what: str) -> None:
        """Say that something did not fit."""
        self._omitted.append(what)

    def text(self) -> str:
        parts = [part for _, part in sorted(self._parts, key=lambda placed: placed[0])]
        if self._omitted:
            omitted = "; ".join(self._omitted)
            parts.append(f"Truncated to the comment size limit; omitted: {omitted}. The plan file has everything.")
        return "\n\n".join([*parts, *([self._end] if self._end else [])]) + "\n"


def _most(count: int, room: int, shown: Callable[[int], str]) -> int:
    """The largest number of items that fit, up to `count`; 0 if none does."""
    return bisect_right(range(1, count + 1), room, key=lambda some: _size(shown(some)))


def _size(part: str) -> int:
    """In bytes, with the empty line below."""
    return len(part.encode()) + 2


def code(text: str) -> str:
    """A span of code, whatever characters it has."""
    text = " ".join(spell_out(text).split())
    tick = "`" * (1 + _longest_run(text))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{tick}{space}{text}{space}{tick}"


def plain(text: str) -> str:
    """Text with everything escaped that Markdown, HTML or GitHub would interpret."""
    return _without_mentions(re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(spell_out(text).split())))


def fold(title: str, lines: Iterable[str], note: str = "") -> str:
    """A closed section. Its fence is longer than any in the lines, so that none of them ends it."""
    body = "\n".join(map(one_line, lines))
    fence = "`" * max(3, 1 + _longest_run(body))
    summary = f"<details><summary>{_without_mentions(html.escape(one_line(title), quote=False))}</summary>"
    return "\n\n".join([summary, *([note] if note else []), f"{fence}diff\n{body}\n{fence}", "</details>"])


def first(items: Sequence[str], most: int = SHOWN) -> list[str]:
    """The first items, and the number of the others."""
    return [*items[:most], *_count_rest(items, most)]


def _count_rest(items: Sequence[object], most: int) -> list[str]:
    return [f"… and {len(items) - most} more"] if len(items) > most else []


def _bullets(title: str, items: Iterable[str]) -> str:
    return "\n".join([f"**{title}**", "", *(f"- {item}" for item in items)])


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _without_mentions(text: str) -> str:
    """GitHub finds mentions and issues after it has removed escapes: a zero-width space keeps it from that."""
    return re.sub("([@#])", r"\1&#8203;", text)
