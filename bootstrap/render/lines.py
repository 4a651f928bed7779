"""The lines of a plan: symbols, JSON values, and sentences broken to fit a screen."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Action
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.model.resource import Json

WIDTH: Final = 110
INDENT: Final = "    "
SYMBOLS: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.FORGET: "<"}
# Whole resources and values are listed below these symbols: a dash below one is an item of a list.
_WHOLE: Final = frozenset("+-<")
_DASH: Final = "- "


def compact(value: Json) -> str:
    """A value in full, on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def block(value: Json, *, prefix: str, label: str = "", width: int = WIDTH) -> Iterator[str]:
    """`label` and a value, behind `prefix`: on one line if it fits, else a line for each item."""
    line = f"{prefix}{label}{compact(value)}"
    items = _items(value)
    if len(line) <= width or not (items or isinstance(value, str)):
        yield line
    elif items:
        below = " " * len(prefix)
        if label == _DASH:
            prefix, below = prefix + label, below + "  "
        elif label:
            yield f"{prefix}{label}".rstrip()
            prefix = below = below + "  "
        for name, item in items:
            yield from block(item, prefix=prefix, label=name, width=width)
            prefix = below
    else:
        yield from wrapped(line, width, indent=" " * len(prefix) + "  ")


def _items(value: Json) -> list[tuple[str, Json]]:
    """The fields of a mapping or the items of a list, each with its label."""
    if isinstance(value, Mapping):
        return [(f"{key}: ", item) for key, item in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(_DASH, item) for item in value]
    return []


def wrapped(line: str, width: int, *, indent: str) -> list[str]:
    """A line broken between words; all lines but the first are indented."""
    return textwrap.wrap(
        one_line(line), width=width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def fitted(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines broken at the width of the screen, with their own indentation and one level more."""
    for line in lines:
        yield from wrapped(line, width, indent=INDENT + line[: len(line) - len(line.lstrip())]) or [""]


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
