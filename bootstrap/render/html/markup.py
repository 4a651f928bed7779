"""HTML that no text can break: whatever is not `Markup` is escaped."""

from __future__ import annotations

import html
from typing import Final

from bootstrap.secrecy.escape import one_line

_VOID: Final = {"meta", "input"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


EMPTY: Final = Markup("")


def text(value: str) -> Markup:
    """Any text, escaped and on one line; Markup stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(one_line(value)))


def tag(name: str, /, *inside: str, **attributes: str) -> Markup:
    """An element. Attribute names are written with `_` for `-`; a final `_` avoids Python's own words.

    Empty attributes are left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items() if value
    )
    return Markup(f"<{name}{given}>" + ("" if name in _VOID else f"{joined(*inside)}</{name}>"))


def block(name: str, /, *inside: str, **attributes: str) -> Markup:
    """An element with each of its parts on a line of its own; empty parts are left out."""
    return tag(name, Markup("\n"), *(part for item in inside if item for part in (item, Markup("\n"))), **attributes)


def section(name: str, title: str, *inside: Markup) -> Markup:
    """A section of the page; nothing if it is empty."""
    return block("section", tag("h2", title), *inside, id=name) if any(inside) else EMPTY


def joined(*parts: str) -> Markup:
    return Markup("".join(map(text, parts)))
