"""Replace e-mail addresses by tokens, for a snapshot that others may read."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import rewrite, texts
from bootstrap.secrecy.mask import read_document, write_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.model.resource import Json

# The addresses that AWS accepts for an account, up to the character that ends one in a tag or a template.
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
_EMAIL: Final = re.compile(r"""[^\s@"'<>(),:;]+@[\w-]+(?:\.[\w-]+)+""")
_REDACTED: Final = re.compile(r"redacted-[0-9a-f]{16}@redacted\.invalid")


def find_emails(value: Json) -> frozenset[str]:
    """Everything in a value that looks like an e-mail address."""
    return frozenset(found for text in texts(value, keys=True) for found in _EMAIL.findall(text))


def redact_emails(value: Json, account: str) -> Json:
    """The value with a token for each e-mail address, in keys and documents too; other tokens for another account.

    The token is a hash: somebody who guesses an address can check the guess.
    """

    def redacted(text: str) -> str:
        # In a document, the `@` may be escaped.
        if "\\" in text and (document := read_document(text)) is not None:
            return write_document(rewrite(document, redacted, keys=True))
        # Most texts have no `@`, and the search is slow in a long word.
        return _EMAIL.sub(lambda match: _token(match[0], account), text) if "@" in text else text

    return rewrite(value, redacted, keys=True)


def is_redacted(value: Json) -> bool:
    """Whether the value holds a token."""
    return any(_REDACTED.search(text) for text in texts(value, keys=True))


def restore_emails(value: Json, account: str, known: Iterable[str]) -> Json:
    """The inverse of `redact_emails`, for the addresses that are known."""
    emails = {_token(email, account): email for email in known}
    return rewrite(value, lambda text: _REDACTED.sub(lambda match: emails.get(match[0], match[0]), text), keys=True)


def _token(email: str, account: str) -> str:
    salted = f"{account}:{email.lower()}"
    return f"redacted-{hashlib.sha256(salted.encode()).hexdigest()[:16]}@redacted.invalid"
