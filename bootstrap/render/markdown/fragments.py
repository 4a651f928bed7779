"""Pieces of Markdown in which no text is taken for markup, a mention or a link."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from bootstrap.secrecy.escape import one_line, spell_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN: Final = 20
"""The items of a list; the rest is counted."""


def code(text: str) -> str:
    """A span of code, whatever characters it has."""
    text = " ".join(spell_out(text).split())
    tick = "`" * (1 + _longest_run(text))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{tick}{space}{text}{space}{tick}"


def plain(text: str) -> str:
    """Text with everything escaped that Markdown, HTML or GitHub would interpret."""
    return _without_mentions(re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(spell_out(text).split())))


def fold(title: str, lines: Iterable[str], note: str = "") -> str:
    """A closed section. Its fence is longer than any in the lines, so that none of them ends it."""
    body = "\n".join(map(one_line, lines))
    fence = "`" * max(3, 1 + _longest_run(body))
    summary = f"<details><summary>{_without_mentions(html.escape(one_line(title), quote=False))}</summary>"
    return "\n\n".join([summary, *([note] if note else []), f"{fence}diff\n{body}\n{fence}", "</details>"])


def bullets(title: str, items: Iterable[str]) -> str:
    return "\n".join([f"**{title}**", "", *(f"- {item}" for item in items)])


def first(items: Sequence[str], most: int = SHOWN) -> list[str]:
    """The first items, and the number of the others."""
    return [*items[:most], *count_rest(items, most)]


def count_rest(items: Sequence[object], most: int) -> list[str]:
    return [f"… and {len(items) - most} more"] if len(items) > most else []


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _without_mentions(text: str) -> str:
    """GitHub finds mentions and issues after it has removed escapes: a zero-width space keeps it from that."""
    return re.sub("([@#])", r"\1&#8203;", text)
