"""Which failed calls are retried, for how long, and how long to wait before the next attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

    from bootstrap.model.errors import AwsError

# Throttling errors (botocore 1.44.5, retries/standard.py).
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
# botocore does not retry these, because its models do not mark them as retryable (1.44.5). AWS's descriptions say "try
# again later": https://docs.aws.amazon.com/organizations/latest/APIReference/
_TRANSIENT: Final = frozenset(
    {
        "ConcurrentModificationException",
        "PolicyChangesInProgressException",
        "PolicyTypeNotEnabledException",  # it was just enabled, and not everywhere yet
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
# ConstraintViolationExceptions with these `Reason`s pass within minutes: they limit requests in progress.
_IN_FLIGHT: Final = frozenset({"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"})
# botocore's errors for a lost answer: the call may have taken effect.
UNANSWERED: Final = frozenset(
    {"ConnectionClosedError", "IncompleteReadError", "ReadTimeoutError", "ResponseParserError", "HTTPClientError"}
)
# Not repeated after a lost answer, because that would be a second request: the caller looks for the first. No operation
# of Organizations takes an idempotency token (botocore 1.44.5).
UNREPEATABLE: Final = frozenset({"organizations.CreateAccount"})
# botocore's errors for a failed connection: nothing was sent, and a missing network rarely comes back soon.
_UNREACHABLE: Final = frozenset({"ConnectTimeoutError", "EndpointConnectionError"})
# The session has expired, or AWS does not know it everywhere yet.
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException"})
# The caller has no permission, the endpoint lacks the service, or the snapshot lacks the call. Some reads have a
# fallback for these.
UNAVAILABLE: Final = frozenset(
    {"AccessDeniedException", "UnknownOperationException", "NotImplemented", "404", "501", "NotRecorded"}
)

_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter. The bounds are seconds since the first attempt: `total_s` for most errors,
    `finalizing_s` for what AWS says may take an hour, `unreachable_s` where no connection can be made.
    """

    first_s: float = 0.5
    longest_s: float = 30.0
    total_s: float = 600.0
    finalizing_s: float = 4500.0
    unreachable_s: float = 20.0
    # A laptop may sleep while an answer is waited for, and the clock leaps: the first failure after that is retried.
    # That many attempts of a minute each fit into `total_s` by a clock that does not leap.
    min_attempts: int = 4

    def wait(self, attempts: int, random: Random) -> float:
        """Seconds to wait after that many failed attempts."""
        return random.uniform(0, min(self.longest_s, self.first_s * 2.0 ** (attempts - 1)))

    def again(self, error: AwsError, attempts: int, seconds: float) -> bool:
        """Whether to try again after that many failed attempts, that many seconds after the first."""
        bound = self._bound(error)
        few = attempts < self.min_attempts and error.code not in _UNREACHABLE
        return bound > 0 and (few or seconds <= bound)

    def _bound(self, error: AwsError) -> float:
        """For how many seconds to retry a call that fails with this; 0 for not at all."""
        if error.code == _FINALIZING or error.reason in _IN_FLIGHT:
            return self.finalizing_s
        if error.code in _UNREACHABLE:
            return self.unreachable_s
        # An expired session of the access role is renewed by the next attempt; we cannot renew the caller's own.
        renewed = error.code in EXPIRED and bool(error.account)
        transient = error.code in _TRANSIENT | THROTTLES | UNANSWERED or error.status >= _SERVER_ERROR or renewed
        return self.total_s if transient else 0.0
