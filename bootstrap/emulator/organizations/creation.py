"""Requests to create an account: which are refused, and which e-mail addresses make one fail."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations.state import constraint, error, invalid

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.state import State

# API model: CreateAccountRequest.Email, whose documentation lists the rules, and CreateAccountName.
EMAIL_LENGTH = range(6, 65)
ACCOUNT_NAME_LENGTH = 50
_ID_CHARACTERS = string.ascii_lowercase + string.digits
_NAME = re.compile(r"[ -~]+")
_ROLE = re.compile(r"(?!AWSServiceRoleFor)[\w+=,.@-]{1,64}", re.ASCII)


def _new_id() -> str:
    return "car-" + "".join(mock_random.choices(_ID_CHARACTERS, k=16))


@dataclass
class Creation:
    """It is never deleted."""

    email: str
    name: str
    role_name: str
    tags: dict[str, str]
    failure: str | None
    polls: int | None
    """How many more answers say IN_PROGRESS; None if the clock ends it."""
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


def check_may_create(state: State) -> None:
    """Raise the error for an organization that is still initializing, or has too many accounts or requests."""
    if CURRENT.scheduler.now() < state.finalized:
        message = "Your organization is still initializing. It can take up to an hour. Try again later."
        raise error("FinalizingOrganizationException", message)
    in_progress = sum(each.state == "IN_PROGRESS" for each in state.creations.values())
    if 0 < CURRENT.profile.accounts_in_creation <= in_progress:
        # Limits page, "Number of accounts that can be created concurrently": 5.
        message = "You have exceeded the number of accounts that can be in progress at a time."
        raise constraint("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", message)
    if 0 < CURRENT.profile.account_quota <= len(state.accounts) + in_progress:
        # API model, ConstraintViolationException: "Deleted and closed accounts still count toward your limit".
        raise constraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts.")


def check_names(name: str, role_name: str) -> None:
    """API model, CreateAccountName and RoleName, and the reasons of InvalidInputException."""
    if len(name) > ACCOUNT_NAME_LENGTH:
        raise invalid("MAX_LENGTH_EXCEEDED", "The account name is longer than allowed.")
    if not _NAME.fullmatch(name):
        raise invalid("INVALID_PATTERN", "The account name doesn't match the required pattern.")
    if not _ROLE.fullmatch(role_name):
        raise invalid("INVALID_ROLE_NAME", "You provided a role name that isn't valid.")


def email_problem(state: State, email: str) -> str | None:
    """The FailureReason that AWS gives for this address, if any.

    Addresses are unique in all of AWS, for closed accounts too: "the email cannot be reused"
    (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html).
    """
    if not _is_valid(email):
        return "INVALID_EMAIL"
    if any(account.email.lower() == email.lower() for account in state.accounts):
        return "EMAIL_ALREADY_EXISTS"
    unfinished = (each for each in state.creations.values() if each.state == "IN_PROGRESS")
    if any(each.email.lower() == email.lower() for each in unfinished):
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
