"""JSON values as lines of text that fit a screen."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Json

WIDTH = 110
_DASH = "- "


def compact(value: Json) -> str:
    """A value in full, on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def block(value: Json, *, prefix: str, label: str = "", width: int = WIDTH) -> Iterator[str]:
    """`label` and a value, behind `prefix`: on one line if it fits, a line for each of its items if not."""
    line = f"{prefix}{label}{compact(value)}"
    items = _items(value)
    if len(line) <= width or not (items or isinstance(value, str)):
        yield line
    elif items:
        inside = " " * len(prefix)
        if label == _DASH:
            prefix, inside = prefix + label, inside + "  "
        elif label:
            yield f"{prefix}{label}".rstrip()
            prefix = inside = inside + "  "
        for name, item in items:
            yield from block(item, prefix=prefix, label=name, width=width)
            prefix = inside
    else:
        yield from wrapped(line, width, indent=" " * len(prefix) + "  ")


def wrapped(line: str, width: int, *, indent: str) -> list[str]:
    """A line as lines that break between words; all but the first are indented."""
    return textwrap.wrap(
        one_line(line), width=width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _items(value: Json) -> list[tuple[str, Json]]:
    """The fields of a mapping and the items of a list, each with what stands before it."""
    if isinstance(value, Mapping):
        return [(f"{key}: ", item) for key, item in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(_DASH, item) for item in value]
    return []
