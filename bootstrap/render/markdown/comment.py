"""A comment with a size limit: what does not fit is counted."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.render.markdown.fragments import SHOWN, bullets, code, count_rest, first, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Position: TypeAlias = tuple[int, ...]

TOP: Final = (0,)
"""Before all other positions."""
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

    def put_list(self, title: str, items: Sequence[str]) -> None:
        if items and not self.put(bullets(title, first(items))):
            self.omit(f"{len(items)} under {title}")

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
            return bullets(title, parts)

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
            if self.put(fold(f"{title}: {len(items)}", [*lines, *count_rest(items, shown)], note), position):
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
