"""E-mail addresses: AWS's rules for them, and that each root address is used once.

The rules are those of CreateAccount's parameter Email (AWS Organizations API Reference). AWS does not check
them all, and an account made with an address that breaks one can be neither entered as root nor removed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.spec.models import EMAIL_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft, Written
    from bootstrap.spec.models import Model
    from bootstrap.spec.parsed import Parsed
    from bootstrap.spec.places import Path

_FORBIDDEN: Final = re.compile(r"[\"'()<>\[\]:;,\\|%&]")
_NO_DOMAIN: Final = re.compile(r"[^A-Za-z0-9.-]")


def emails_follow_the_rules(draft: Draft) -> Iterator[Problem]:
    for file, path, email in _emails(draft):
        for message, hint in list(_wrong(email)) or (_no_tag(email) if path[-1] == "owner" else ()):
            yield file.at_value(path, f"the e-mail address {message}", hint)


def emails_are_unique(draft: Draft) -> Iterator[Problem]:
    """Of accounts, closed ones included: AWS never lets an address go. An owner may own many."""
    first: dict[str, Written] = {}
    for written in draft.accounts():
        other = first.setdefault(written.account.email.lower(), written)
        if other is not written:
            yield written.file.at_value(
                (*written.path, "email"),
                f"the e-mail address is that of `{other.account.key}` already, at {_where(other)}",
                "every account needs its own; most mail servers deliver name+anything@ to name@",
            )


def _where(written: Written) -> str:
    return written.file.where((*written.path, "email"))


def _emails(draft: Draft) -> Iterator[tuple[Parsed[Model], Path, str]]:
    files: list[Parsed[Model]] = [draft.organization, *draft.developers, *draft.applications, *draft.secrets]
    for file in files:
        for path, node in file.root.leaves():
            if path[-1] in EMAIL_KEYS and isinstance(node.value, str):
                yield file, path, node.value


def _wrong(email: str) -> Iterator[tuple[str, str]]:
    if not email.isascii():
        yield "holds a character outside ASCII", "AWS takes 7-bit ASCII only"
    if email.count("@") != 1:
        yield "must have exactly one `@`", "write it like `aws+name@example.com`"
        return
    local, domain = email.split("@")
    yield from _wrong_local(local)
    yield from _wrong_domain(domain)


def _wrong_local(local: str) -> Iterator[tuple[str, str]]:
    if not local:
        yield "has nothing before the `@`", "write it like `aws+name@example.com`"
    if re.search(r"\s", local):
        yield "has a space before the `@`", "remove it"
    if found := _FORBIDDEN.search(local):
        yield f"has `{found[0]}` before the `@`", "AWS takes none of \" ' ( ) < > [ ] : ; , \\ | % & there"
    if local.startswith("."):
        yield "begins with a dot", "remove it"


def _wrong_domain(domain: str) -> Iterator[tuple[str, str]]:
    if found := _NO_DOMAIN.search(domain):
        yield f"has `{found[0]}` after the `@`", "AWS takes letters, digits, `-` and `.` there"
    if domain.startswith(("-", ".")) or domain.endswith(("-", ".")):
        yield "has a domain that begins or ends with `-` or `.`", "remove it"
    if "." not in domain:
        yield "has a domain without a dot", "write it like `aws+name@example.com`"


def _no_tag(owner: str) -> Iterator[tuple[str, str]]:
    """TagResource refuses what is an address all the same, with INVALID_PATTERN."""
    if not re.fullmatch(facts.TAG_VALUE_PATTERN, owner):
        found = next(character for character in owner if not re.fullmatch(facts.TAG_VALUE_PATTERN, character))
        yield f"has `{found}`", "it becomes a tag: letters, digits, spaces and . : / = + - @ _"
