"""What others named may hold anything, and who shows it obeys some of that: such characters are spelled out."""

from __future__ import annotations

import re
from typing import Final

# Controls, but for the tab and the line end; what turns the direction of a line (Unicode's UAX 9), so that a name
# could pose as another; line ends that only some count as such; and lone surrogates, which cannot be written at all.
_OBEYED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def spell_out(text: str) -> str:
    """Text without what a terminal or a browser obeys. Within the texts of JSON it stays the same JSON."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """The same on one line: no name can begin another."""
    return spell_out(text).replace("\n", "\\n")
