"""IAM's wildcards: `*` matches any text, `?` any one character; `${*}`, `${?}` and `${$}` are those characters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ARN_PARTS: Final = 6
"""arn:partition:service:region:account:resource. Only the last part may hold further colons."""

_TOKEN: Final = re.compile(r"\$\{[*?$]\}|[*?]")
_RUN_OF_STARS: Final = re.compile(r"\*{2,}")
_SPECIAL: Final = re.compile(r"[*?$]")


def escape(text: str) -> str:
    """A pattern that matches this text and nothing else, escaped as IAM does it."""
    return _SPECIAL.sub(lambda match: f"${{{match[0]}}}", text)


def unescape(pattern: str) -> str:
    """The text that a pattern stands for under an operator without wildcards, where only the escapes are special."""
    return re.sub(r"\$\{([*?$])\}", r"\1", pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches. `*` matches every character, `/` and `:` too."""
    head, star, rest = pattern.partition("*")
    if not rest and "?" not in head and "$" not in head:
        # Most patterns: compiling a regular expression for each costs more than all the rest of an evaluation.
        return text.startswith(head) if star else text == head
    return _compiled(pattern).fullmatch(text) is not None


def matches_any_action(patterns: Iterable[str], action: str) -> bool:
    """Whether an action matches one of the patterns. IAM ignores the case of service and name."""
    lower = action.lower()
    return any(matches(pattern.lower(), lower) for pattern in patterns)


def matches_arn(pattern: str, arn: str) -> bool:
    """ArnLike and ArnEquals, which are the same: each of the six parts by itself, so no `*` crosses a colon.

    "Each of the six colon-delimited components of the ARN is checked separately"
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, parts = pattern.split(":", ARN_PARTS - 1), arn.split(":", ARN_PARTS - 1)
    return len(wanted) == len(parts) == ARN_PARTS and all(map(matches, wanted, parts))


def matches_resource(pattern: str, resource: str) -> bool:
    """The Resource element, where only a `*` at the end of a part matches beyond the colon.

    "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    boundaries." https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    return _compiled_resource(pattern).fullmatch(resource) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_translate(pattern, any_text=".*", any_one="."), re.DOTALL)


@lru_cache(maxsize=4096)
def _compiled_resource(pattern: str) -> re.Pattern[str]:
    # A star before a colon, or at the end, is the last character of its part.
    within = _translate(pattern, any_text="[^:]*", any_one="[^:]")
    return re.compile(re.sub(r"\[\^:\]\*(?=:|$)", ".*", within), re.DOTALL)


def _translate(pattern: str, *, any_text: str, any_one: str) -> str:
    """The pattern as a regular expression. A run of stars matches what one star does, and is slower to try."""
    wild = {"*": any_text, "?": any_one}
    parts: list[str] = []
    end = 0
    single = _RUN_OF_STARS.sub("*", pattern)
    for token in _TOKEN.finditer(single):
        parts += [re.escape(single[end : token.start()]), wild.get(token[0]) or re.escape(token[0][2])]
        end = token.end()
    return "".join([*parts, re.escape(single[end:])])
