"""What others named may hold anything, and who shows it obeys some of that: such characters are spelled out."""

from __future__ import annotations

import re
from typing import Final

# Controls, but for the tab and the line end, and lone surrogates, which cannot be written at all; what turns the
# direction of a line, so that a name could pose as another, and all else that no screen shows (Unicode's property
# Default_Ignorable_Code_Point: https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt); and what it
# shows as a space, or as a line's end, and is none that anybody types (White_Space in PropList.txt, and Braille's).
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]"
)


def spell_out(text: str) -> str:
    """Text without what nobody sees, or what a terminal or a browser obeys. Within the texts of JSON it stays the same
    JSON.
    """
    return _UNSEEN.sub(lambda match: _spelled(match[0]), text)


def one_line(text: str) -> str:
    """The same on one line: no name can begin another."""
    return spell_out(text).replace("\n", "\\n")


def _spelled(character: str) -> str:
    """As JSON has it: in two halves, where it does not fit into four digits."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
