"""HTML that cannot be broken by what is in it: whatever is not markup is text, and is escaped."""

from __future__ import annotations

import html
import re
from typing import Final

# What others named may hold anything. A browser drops or obeys these: the last ones turn the direction of a line
# (Unicode's UAX 9), so that a name could pose as another, and a lone surrogate cannot be written at all.
_SPELLED_OUT: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_VOID: Final = {"meta", "input"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: str) -> Markup:
    """Any text as markup that shows it; what is markup stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(_SPELLED_OUT.sub(lambda match: f"\\u{ord(match[0]):04x}", value)))


def tag(name: str, /, *inside: str, **attributes: str) -> Markup:
    """An element. An attribute's name is written with `_` for `-`, and one at its end for Python's own words.

    An attribute that is empty is left out, but for `hidden`, which is one that needs no value.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items() if value
    )
    return Markup(f"<{name}{given}>" + ("" if name in _VOID else f"{joined(*inside)}</{name}>"))


def block(name: str, /, *inside: str, **attributes: str) -> Markup:
    """An element with each of its parts on a line of its own; empty parts are left out."""
    return tag(name, Markup("\n"), *(part for item in inside if item for part in (item, Markup("\n"))), **attributes)


def joined(*parts: str) -> Markup:
    return Markup("".join(map(text, parts)))
