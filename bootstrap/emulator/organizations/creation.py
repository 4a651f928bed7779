"""A request to create an account."""

from __future__ import annotations

import string
from dataclasses import dataclass, field

from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

_ID_CHARACTERS = string.ascii_lowercase + string.digits


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
