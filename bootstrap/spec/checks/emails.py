"""E-mail addresses: AWS's rules for them, and that each account has its own.

The rules are those of CreateAccount's parameter Email (AWS Organizations API Reference). AWS does not check all of
them, and an account whose address breaks one can neither be signed in to as root nor be removed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.node import Path
    from bootstrap.spec.parsed_files import LocatedAccount, ParsedFile, ParsedFiles

_EXAMPLE: Final = "write it like `aws+name@example.com`"
_FORBIDDEN: Final = re.compile(r"[\"'()<>\[\]:;,\\|%&]")
_NOT_IN_DOMAIN: Final = re.compile(r"[^A-Za-z0-9.-]")


def emails_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    for file, path, email in _emails(files):
        for message, hint in _broken_rules(email):
            yield file.at_value(path, f"the e-mail address {message}", hint)


def owners_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    """An owner is an e-mail address, and becomes the value of a tag."""
    for file, path, owner in (*_account_owners(files), *_secret_owners(files)):
        for message, hint in list(_broken_rules(owner)) or _broken_tag_rules(owner):
            yield file.at_value(path, f"the e-mail address {message}", hint)


def emails_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    """Closed accounts count too, because AWS never releases an address. An owner may have many accounts."""
    first: dict[str, LocatedAccount] = {}
    for located in files.accounts:
        other = first.setdefault(located.account.email.lower(), located)
        if other is not located:
            place = other.file.where((*other.path, "email"))
            yield located.file.at_value(
                (*located.path, "email"),
                f"the e-mail address is already used by account `{other.account.key}` at {place}",
                "use another address: most mail servers deliver name+anything@ to name@",
            )


def _emails(files: ParsedFiles) -> Iterator[tuple[ParsedFile[Model], Path, str]]:
    for located in files.accounts:
        yield located.file, (*located.path, "email"), located.account.email


def _account_owners(files: ParsedFiles) -> Iterator[tuple[ParsedFile[Model], Path, str]]:
    """The owners in the YAML. An account of an application may have none: then its owner is the application's."""
    for key, shared in files.organization.content.accounts.items():
        yield files.organization, ("accounts", key, "owner"), shared.owner
    for developer in files.developers:
        yield developer, ("developer", "owner"), developer.content.developer.owner
    for file in files.applications:
        application = file.content.application
        yield file, ("application", "owner"), application.owner
        for environment, account in application.accounts.items():
            if account.owner is not None:
                yield file, ("application", "accounts", environment, "owner"), account.owner


def _secret_owners(files: ParsedFiles) -> Iterator[tuple[ParsedFile[Model], Path, str]]:
    for file in files.secrets:
        yield file, ("owner",), file.content.owner
        for name, entry in file.content.entries.items():
            if entry.owner is not None:
                yield file, ("entries", name, "owner"), entry.owner


def _broken_rules(email: str) -> Iterator[tuple[str, str]]:
    """The message and the hint for each rule of AWS that an address breaks."""
    if not email.isascii():
        yield "contains a non-ASCII character", "AWS accepts 7-bit ASCII only"
    if email.count("@") != 1:
        yield "must have exactly one `@`", _EXAMPLE
        return
    local, domain = email.split("@")
    yield from _broken_rules_before_at(local)
    yield from _broken_rules_after_at(domain)


def _broken_rules_before_at(local: str) -> Iterator[tuple[str, str]]:
    if not local:
        yield "has nothing before the `@`", _EXAMPLE
    if re.search(r"\s", local):
        yield "has a space before the `@`", "remove the space"
    if found := _FORBIDDEN.search(local):
        yield f"has `{found[0]}` before the `@`", "AWS rejects \" ' ( ) < > [ ] : ; , \\ | % & there"
    if local.startswith("."):
        yield "starts with a dot", "remove the dot"


def _broken_rules_after_at(domain: str) -> Iterator[tuple[str, str]]:
    if found := _NOT_IN_DOMAIN.search(domain):
        yield f"has `{found[0]}` after the `@`", "use letters, digits, `-` and `.` there"
    if domain.startswith(("-", ".")) or domain.endswith(("-", ".")):
        yield "has a domain that starts or ends with `-` or `.`", "remove that character"
    if "." not in domain:
        yield "has a domain without a dot", _EXAMPLE


def _broken_tag_rules(owner: str) -> Iterator[tuple[str, str]]:
    """TagResource rejects some characters that an address may have, with INVALID_PATTERN."""
    if not re.fullmatch(facts.TAG_VALUE_PATTERN, owner):
        found = next(character for character in owner if not re.fullmatch(facts.TAG_VALUE_PATTERN, character))
        yield f"has `{found}`", "an owner becomes a tag: use letters, digits, spaces and . : / = + - @ _"
