"""Which failures of a call are worth another try, for how long, and how long to wait before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from bootstrap.aws.clock import Clock, WallClock

if TYPE_CHECKING:
    from bootstrap.model.errors import AwsError

# What services call it when they are asked too often (botocore 1.44.5, retries/standard.py).
THROTTLES: Final = frozenset(
    {
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# botocore would try none of these again: none is marked retryable in its models (1.44.5).
# https://docs.aws.amazon.com/organizations/latest/APIReference/ : "try again later" in each description.
_PASSING: Final = frozenset(
    {
        "ConcurrentModificationException",
        "PolicyChangesInProgressException",
        "PolicyTypeNotEnabledException",  # just enabled, not yet everywhere
        "OperationInProgressException",
        "ConcurrentModification",  # IAM's spelling
        "ServiceException",
        "InternalFailure",
        "InternalError",
        "ServiceUnavailable",
    }
)
# "This can take up to an hour" (API reference, CreateAccount, FinalizingOrganizationException).
_FINALIZING: Final = "FinalizingOrganizationException"
# ConstraintViolationException says with `Reason` whether a limit is of what is in flight, or hard. What is in
# flight there takes minutes.
_IN_FLIGHT: Final = frozenset({"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"})
# botocore's names for a connection that broke, or an answer that did not come: the call may have had its effect.
UNANSWERED: Final = frozenset(
    {"ConnectionClosedError", "IncompleteReadError", "ReadTimeoutError", "ResponseParserError", "HTTPClientError"}
)
# What asked again would be a second request: whoever calls it looks for the first.
# No operation of Organizations takes an idempotency token (botocore 1.44.5).
UNREPEATABLE: Final = frozenset({"organizations.CreateAccount"})
# And for no connection at all: nothing was asked. Without a network that will not change soon.
_UNREACHED: Final = frozenset({"ConnectTimeoutError", "EndpointConnectionError"})
# A role's session that has run out, or is not known everywhere yet.
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException"})
# The caller may not ask, the endpoint lacks the service, or a snapshot does not hold the call: whoever can do without
# the answer, does.
NOT_TOLD: Final = frozenset(
    {"AccessDeniedException", "UnknownOperationException", "NotImplemented", "404", "501", "NotRecorded"}
)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits with full jitter, in seconds, until a bound: one for what passes, one for what AWS says
    may take an hour, one for what cannot be reached.
    """

    first_s: float = 0.5
    longest_s: float = 30.0
    total_s: float = 600.0
    finalizing_s: float = 4500.0
    unreached_s: float = 20.0
    # A clock may leap while an answer is waited for, as where a laptop sleeps: the failure after it is not the end.
    # That many tries of a minute each are within `total_s` by a clock that does not leap.
    fewest: int = 4

    def wait(self, attempt: int, random: Random) -> float:
        """How long to wait after attempt number `attempt` (from 0)."""
        return random.uniform(0, min(self.longest_s, self.first_s * 2.0**attempt))

    def goes_on(self, error: AwsError, tries: int, seconds: float) -> bool:
        """Whether a call that ends like this after so many tries is worth one more, so long after the first."""
        bound = self._bound(error)
        few = tries < self.fewest and error.code not in _UNREACHED
        return bound > 0 and (few or seconds <= bound)

    def _bound(self, error: AwsError) -> float:
        """For how many seconds a call that ends like this is worth trying; 0 if not at all."""
        if error.code == _FINALIZING or error.reason in _IN_FLIGHT:
            return self.finalizing_s
        if error.code in _UNREACHED:
            return self.unreached_s
        # A role's session that ran out is renewed by the next try; the caller's own is not ours to renew.
        renewed = error.code in EXPIRED and bool(error.account)
        passing = error.code in _PASSING | THROTTLES | UNANSWERED or error.status >= _SERVER_ERROR or renewed
        return self.total_s if passing else 0.0


_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run goes: by which clock, how it waits between tries, with which chance."""

    clock: Clock = field(default_factory=WallClock)
    backoff: Backoff = Backoff()
    random: Random = field(default_factory=Random)  # jitter, not a secret
