"""Accounts: their keys, and their names in AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bootstrap import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.parsed_files import LocatedAccount, ParsedFiles


def keys_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    first: dict[str, LocatedAccount] = {}
    for located in files.accounts:
        account = located.account
        other = first.setdefault(account.key, located).account
        if other is account:
            continue
        if account.application and account.application == other.application:
            message = f"`{account.application}` already has an account in environment `{account.environment}`"
        else:
            message = f"duplicate account key `{account.key}`"
        yield located.file.at_key(located.key_path, message, f"first defined at {other.origin}")


def names_fit_aws(files: ParsedFiles) -> Iterator[Problem]:
    for located in files.accounts:
        name = located.account.name
        has_name = "account_name" in located.file.root.find(located.path).children
        path = (*located.path, "account_name") if has_name else located.key_path
        if len(name) > facts.ACCOUNT_NAME_MAX:
            message = f"the account name `{name}` has {len(name)} characters; AWS allows {facts.ACCOUNT_NAME_MAX}"
            hint = "shorten it" if has_name else "set a shorter `account_name`"
            yield located.file.at_value(path, message, hint)
        elif name.strip() != name or not re.fullmatch(facts.ACCOUNT_NAME_PATTERN, name):
            message = "the account name has a character that AWS rejects"
            hint = "use letters, digits, ASCII punctuation except `<` and `>`, and spaces between words"
            yield located.file.at_value(path, message, hint)
