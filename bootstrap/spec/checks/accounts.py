"""Accounts: their keys, their names in AWS, and e-mail addresses.

The rules for an address are those of CreateAccount's parameter Email (AWS Organizations API Reference). AWS does not
check all of them, and an account whose address breaks one can neither be signed in to as root nor be removed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.spec.problems import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.source_file import Path
    from bootstrap.spec.spec import ParsedFile, ParsedFiles

_EXAMPLE: Final = "write it like `aws+name@example.com`"
_FORBIDDEN: Final = re.compile(r"[\"'()<>\[\]:;,\\|%&]")
_NOT_IN_DOMAIN: Final = re.compile(r"[^A-Za-z0-9.-]")


def keys_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for account, other in repeated((account.key, account) for account in files.accounts):
        if account.application and account.application == other.application:
            message = f"`{account.application}` already has an account in environment `{account.environment}`"
        else:
            message = f"duplicate account key `{account.key}`"
        yield account.file.at_key(account.key_path, message, f"first defined at {other.origin}")


def names_fit_aws(files: ParsedFiles) -> Iterator[Problem]:
    for account in files.accounts:
        name = account.name
        has_name = account.settings.account_name is not None
        path = (*account.path, "account_name") if has_name else account.key_path
        if len(name) > facts.ACCOUNT_NAME_MAX:
            message = f"the account name `{name}` has {len(name)} characters; AWS allows {facts.ACCOUNT_NAME_MAX}"
            hint = "shorten it" if has_name else "set a shorter `account_name`"
            yield account.file.at_value(path, message, hint)
        elif name.strip() != name or not re.fullmatch(facts.ACCOUNT_NAME_PATTERN, name):
            message = "the account name has a character that AWS rejects"
            hint = "use letters, digits, ASCII punctuation except `<` and `>`, and spaces between words"
            yield account.file.at_value(path, message, hint)


def emails_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    for account in files.accounts:
        for message, hint in _broken_rules(account.email):
            yield account.file.at_value((*account.path, "email"), f"the e-mail address {message}", hint)


def emails_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    """Closed accounts count too, because AWS never releases an address. An owner may have many accounts."""
    for account, other in repeated((account.email.lower(), account) for account in files.accounts):
        place = other.file.where((*other.path, "email"))
        message = f"the e-mail address is already used by account `{other.key}` at {place}"
        hint = "use another address: most mail servers deliver name+anything@ to name@"
        yield account.file.at_value((*account.path, "email"), message, hint)


def owners_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    """An owner is an e-mail address, and becomes the value of a tag."""
    for file, path in _owner_places(files):
        owner = file.root.find(path).value
        if isinstance(owner, str):  # where no owner is written, `find` gives the mapping around it
            for message, hint in list(_broken_rules(owner)) or _broken_tag_rules(owner):
                yield file.at_value(path, f"the e-mail address {message}", hint)


def _owner_places(files: ParsedFiles) -> Iterator[tuple[ParsedFile[Model], Path]]:
    for account in files.accounts:
        yield account.file, (*account.path, "owner")
    for file in files.applications:
        yield file, ("application", "owner")
    for secrets in files.secrets:
        yield secrets, ("owner",)
        for name in secrets.content.entries:
            yield secrets, ("entries", name, "owner")


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
