"""Escape control characters in names that others chose: a terminal or a browser would obey them."""

from __future__ import annotations

import re
from typing import Final

# First line: control characters but tab and line end, and lone surrogates, which cannot be encoded.
# Second and third: characters that change the direction of text, so that one name could pose as another, and others
# that no screen shows (Unicode's property Default_Ignorable_Code_Point:
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt).
# Last: spaces and line ends that nobody types (White_Space in PropList.txt, and the blank Braille pattern).
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]"
)


def spell_out(text: str) -> str:
    """The text with these characters escaped as in JSON, so that JSON keeps its meaning."""
    return _UNSEEN.sub(lambda match: _spelled(match[0]), text)


def one_line(text: str) -> str:
    """The same, with line ends escaped too: no name can begin a line."""
    return spell_out(text).replace("\n", "\\n")


def _spelled(character: str) -> str:
    """The escape of one character in JSON: two of them where four digits do not suffice."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
