"""Which refusals of AWS are worth another try, and how long to wait before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from bootstrap.aws.clock import Clock, WallClock

if TYPE_CHECKING:
    from bootstrap.errors import AwsError

# botocore retries throttling and 5xx only; none of these is marked retryable in its models (1.44.5).
# https://docs.aws.amazon.com/organizations/latest/APIReference/ : "try again later" in each description.
_CODES: Final = frozenset(
    {
        "ConcurrentModificationException",
        "FinalizingOrganizationException",
        "PolicyChangesInProgressException",
        "PolicyTypeNotEnabledException",  # just enabled, not yet everywhere
        "TooManyRequestsException",
        "OperationInProgressException",
        "ConcurrentModification",  # IAM's spelling
        "Throttling",
        "ThrottlingException",
        "ServiceException",
    }
)
# ConstraintViolationException says with `Reason` whether a limit is of what is in flight, or hard.
_REASONS: Final = frozenset({"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"})


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits with full jitter, in seconds, until `total_s` have been spent."""

    first_s: float = 0.5
    longest_s: float = 30.0
    total_s: float = 600.0

    def wait(self, attempt: int, random: Random) -> float:
        """How long to wait after attempt number `attempt` (from 0)."""
        return random.uniform(0, min(self.longest_s, self.first_s * 2.0**attempt))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run goes: by which clock, how it waits between tries, with which chance."""

    clock: Clock = field(default_factory=WallClock)
    backoff: Backoff = Backoff()
    random: Random = field(default_factory=Random)  # jitter, not a secret


def is_worth_another_try(error: AwsError) -> bool:
    return error.code in _CODES or error.reason in _REASONS
