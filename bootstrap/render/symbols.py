"""The symbol of each action, and which symbol a line of a plan belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

SYMBOLS: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.FORGET: "<"}
# Whole resources and values are listed below these symbols: a dash below one is an item of a list.
_WHOLE: Final = frozenset("+-<")


def by_symbol(lines: Iterable[str], symbols: Collection[str]) -> Iterator[tuple[str, str, bool]]:
    """Each line as (symbol, line, whether the symbol is in this line). The symbol may be empty.

    A line that is indented below a symbol belongs to it.
    """
    symbol, depth = "", 0
    for line in lines:
        bare = line.lstrip()
        indent = len(line) - len(bare)
        own = bool(bare) and bare[0] in symbols and not (indent > depth and symbol in _WHOLE)
        if own:
            symbol, depth = bare[0], indent
        elif indent <= depth:
            symbol = ""
        yield symbol, line, own


def symbol_first(lines: Iterable[str], symbols: Collection[str]) -> Iterator[str]:
    """Each line with its symbol in the first column, where GitHub's `diff` highlighting looks for it.

    `~` stays, without a colour: GitHub colours lines with `!` as changed, and `!` is a blocker here.
    """
    for symbol, line, own in by_symbol(lines, symbols):
        moved = line.replace(symbol, " ", 1) if own else line
        yield symbol + moved[1:] if symbol and line.startswith(" ") else line
