"""JSON values as lines of text that fit a screen."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model import Json

WIDTH = 110


def compact(value: Json) -> str:
    """A value in full, on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def block(value: Json, *, prefix: str, label: str = "") -> Iterator[str]:
    """`label` and a value, behind `prefix`: on one line if it fits, wrapped between its items if not."""
    text = f"{label}{compact(value)}"
    margin = " " * 4
    yield from textwrap.wrap(
        text,
        width=WIDTH,
        initial_indent=prefix,
        subsequent_indent=" " * len(prefix) + margin,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
