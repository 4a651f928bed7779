"""A request to create an account, and the e-mail addresses it may use."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from bootstrap.sandbox.limits import EMAIL_LENGTH

if TYPE_CHECKING:
    from bootstrap.sandbox.organizations.state import State

_ID_CHARACTERS = string.ascii_lowercase + string.digits


def _new_id() -> str:
    return "car-" + "".join(mock_random.choices(_ID_CHARACTERS, k=16))


@dataclass
class Creation:
    """Kept for as long as AWS keeps it: for good, as far as a test can tell."""

    email: str
    name: str
    role_name: str
    tags: dict[str, str]
    failure: str | None
    polls: int
    id: str = field(default_factory=_new_id)
    state: str = "IN_PROGRESS"
    account_id: str | None = None
    requested: float = field(default_factory=unix_time)
    completed: float | None = None

    def finish(self, state: str) -> None:
        self.state = state
        self.completed = unix_time()

    def described(self) -> dict[str, object]:
        described = {
            "Id": self.id,
            "AccountName": self.name,
            "State": self.state,
            "RequestedTimestamp": self.requested,
            "CompletedTimestamp": self.completed,
            "AccountId": self.account_id,
            "FailureReason": self.failure if self.state == "FAILED" else None,
        }
        return {key: value for key, value in described.items() if value is not None}


def email_problem(state: State, email: str) -> str | None:
    """The FailureReason that AWS gives for this address, if any.

    Addresses are unique in all of AWS, for closed accounts too: "the email cannot be reused"
    (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html).
    """
    if not _is_valid(email):
        return "INVALID_EMAIL"
    if email.lower() in {account.email.lower() for account in state.accounts}:
        return "EMAIL_ALREADY_EXISTS"
    unfinished = (each for each in state.creations.values() if each.state == "IN_PROGRESS")
    if email.lower() in {each.email.lower() for each in unfinished}:
        # "You already submitted a request with the same information."
        return "CONCURRENT_ACCOUNT_MODIFICATION"
    return None


def _is_valid(email: str) -> bool:
    """The rules under CreateAccountRequest.Email in the API model."""
    local, _, domain = email.partition("@")
    return (
        len(email) in EMAIL_LENGTH
        and email.isascii()
        and email.count("@") == 1
        and re.fullmatch(r"[^\s\"'()<>\[\]:;,\\|%&.][^\s\"'()<>\[\]:;,\\|%&]*", local) is not None
        and re.fullmatch(r"[a-zA-Z0-9.-]+", domain) is not None
        and "." in domain
        and domain[0] not in "-."
        and domain[-1] not in "-."
    )
