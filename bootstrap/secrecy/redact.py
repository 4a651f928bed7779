"""Tokens in the place of e-mails: pure, and the same for a snapshot and for a plan that was made from one."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import rewrite, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.model.resource import Json

# What AWS takes for an account's e-mail, as far as it ends in a tag or a template where a person would see it end.
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
_EMAIL: Final = re.compile(r"""[^\s@"'<>(),:;]+@[\w-]+(?:\.[\w-]+)+""")
_REDACTED: Final = re.compile(r"redacted-[0-9a-f]{16}@redacted\.invalid")


def emails(value: Json) -> frozenset[str]:
    """All that look like e-mails in a value."""
    return frozenset(found for text in texts(value, keys=True) for found in _EMAIL.findall(text))


def is_redacted(value: Json) -> bool:
    """Whether an e-mail in it is hidden."""
    return any(_REDACTED.search(text) for text in texts(value, keys=True))


def hide(value: Json, account: str) -> Json:
    """A token for each e-mail, in keys too, for this management account alone. What is hidden already stays as it is.

    Whoever guesses an e-mail can check the guess: it hides them from readers alone.
    """

    def hidden(text: str) -> str:
        # Most texts have none, and to look for one takes long in a long word.
        return _EMAIL.sub(lambda match: _once(match[0], account), text) if "@" in text else text

    return rewrite(value, hidden, keys=True)


def hidden(names: Iterable[object], account: str) -> list[str]:
    """Names that may be compared, whether or not some of them are hidden already."""
    return [str(hide(str(name), account)) for name in names]


def show(value: Json, account: str, known: Iterable[str]) -> Json:
    """The inverse of `hide`, for those e-mails that are known."""
    shown = {_token(email, account): email for email in known}
    return rewrite(value, lambda text: _REDACTED.sub(lambda match: shown.get(match[0], match[0]), text), keys=True)


def _once(email: str, account: str) -> str:
    return email if _REDACTED.fullmatch(email) else _token(email, account)


def _token(email: str, account: str) -> str:
    salted = f"{account}:{email.lower()}"
    return f"redacted-{hashlib.sha256(salted.encode()).hexdigest()[:16]}@redacted.invalid"
