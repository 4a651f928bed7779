"""Which sign a line of a plan belongs to: it is the sign's colour that the line is shown in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# What comes or goes as a whole: below these, a dash is an item of a list.
_WHOLE: Final = frozenset("+-<")


def signed(lines: Iterable[str], signs: Collection[str]) -> Iterator[tuple[str, str, bool]]:
    """Each line with its sign, or an empty one, and whether it stands in this line.

    What is indented below a sign goes on with its line.
    """
    sign, depth = "", 0
    for line in lines:
        bare = line.lstrip()
        indent = len(line) - len(bare)
        own = bool(bare) and bare[0] in signs and not (indent > depth and sign in _WHOLE)
        if own:
            sign, depth = bare[0], indent
        elif indent <= depth:
            sign = ""
        yield sign, line, own


def to_the_edge(lines: Iterable[str], signs: Collection[str]) -> Iterator[str]:
    """Each line with its sign in front of everything, where GitHub's `diff` looks for it.

    A `~` stays one, and without a colour: what GitHub paints as changed begins with `!`, which is a blocker here.
    """
    for sign, line, own in signed(lines, signs):
        moved = line.replace(sign, " ", 1) if own else line
        yield sign + moved[1:] if sign and line.startswith(" ") else line
