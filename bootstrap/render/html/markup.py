"""HTML that cannot be broken by what is in it: whatever is not markup is text, and is escaped."""

from __future__ import annotations

import html
from typing import Final

from bootstrap.secrecy.escape import one_line

_VOID: Final = {"meta", "input"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: str) -> Markup:
    """Any text as markup that shows it, on one line; what is markup stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(one_line(value)))


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
