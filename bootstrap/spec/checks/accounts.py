"""Accounts: the keys and names they go by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bootstrap import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft, Written


def keys_are_unique(draft: Draft) -> Iterator[Problem]:
    first: dict[str, Written] = {}
    for written in draft.accounts():
        account = written.account
        other = first.setdefault(account.key, written).account
        if other is account:
            continue
        if account.application and account.application == other.application:
            message = f"`{account.application}` has an account in `{account.environment}` already"
        else:
            message = f"the account key `{account.key}` is taken"
        yield written.file.at_key(written.named_at, message, f"the first one is at {other.origin}")


def names_fit_aws(draft: Draft) -> Iterator[Problem]:
    for written in draft.accounts():
        name = written.account.name
        is_given = "account_name" in written.file.root.find(written.path).children
        path = (*written.path, "account_name") if is_given else written.named_at
        if len(name) > facts.ACCOUNT_NAME_MAX:
            message = f"the account's name in AWS, `{name}`, is {len(name)} characters long"
            remedy = "shorten it" if is_given else "set `account_name`"
            hint = f"AWS allows {facts.ACCOUNT_NAME_MAX}: {remedy}"
            yield written.file.at_value(path, message, hint)
        elif name.strip() != name or not re.fullmatch(facts.ACCOUNT_NAME_PATTERN, name):
            message = "the account's name in AWS has a character that AWS does not take"
            hint = "use letters, digits, spaces within it, and ASCII punctuation except `<` and `>`"
            yield written.file.at_value(path, message, hint)
