"""One field that differs, as lines of text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bootstrap.model.diff import is_set
from bootstrap.render.json_lines import INDENT, block, compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.diff import Difference
    from bootstrap.model.resource import Json


def difference_lines(difference: Difference, width: int) -> Iterator[str]:
    """Of two lists, only the items that were added or removed."""
    label, before, after = difference.where, difference.before, difference.after
    if difference.reordered:
        yield f"{INDENT}~ {label}: (order changed)"
    elif _look_alike(before, after):
        yield f"{INDENT}~ {label}: {json.dumps(before)} -> {json.dumps(after)}"
    elif items := [*_only_in("-", before, after), *_only_in("+", after, before)]:
        yield f"{INDENT}~ {label}:"
        yield from items
    elif before is None:
        yield from block(after, prefix=f"{INDENT}+ ", label=f"{label}: ", width=width)
    elif after is None:
        yield from block(before, prefix=f"{INDENT}- ", label=f"{label}: ", width=width)
    else:
        line = f"{INDENT}~ {label}: {compact(before)} -> {compact(after)}"
        if len(line) <= width:
            yield line
        else:
            yield f"{INDENT}~ {label}:"
            yield from _side("-", before, width)
            yield from _side("+", after, width)


def _side(symbol: str, value: Json, width: int) -> Iterator[str]:
    """One side of a difference that is too long for one line. In a list the symbol replaces the dash."""
    for item in value if _is_list(value) and isinstance(value, Sequence) else [value]:
        yield from block(item, prefix=f"{INDENT}{INDENT}{symbol} ", width=width)


def _look_alike(before: Json, after: Json) -> bool:
    """Whether a reader sees no difference until the characters are escaped: é may be one character or two."""
    return unicodedata.normalize("NFKC", compact(before)) == unicodedata.normalize("NFKC", compact(after))


def _only_in(symbol: str, items: Json, others: Json) -> list[str]:
    """The items of a set that another set lacks; nothing if either is no set, or neither is a list."""
    if not (_is_list(items) or _is_list(others)):
        return []
    one, other = _as_set(items), _as_set(others)
    if one is None or other is None:
        return []
    return [f"{INDENT}{INDENT}{symbol} {compact(item)}" for item in one if item not in other]


def _is_list(value: Json) -> bool:
    return value is not None and not isinstance(value, str)


def _as_set(value: Json) -> Sequence[Json] | None:
    """The items of a set; a text is a set of one, as in AWS's policies."""
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, Sequence) and is_set(value) else None
