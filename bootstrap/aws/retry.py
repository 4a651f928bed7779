"""Which failed calls are retried, for how long, and how long to wait before the next attempt."""

from __future__ import annotations

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
_FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
# How long to retry after the first attempt: most errors, those that AWS says may take an hour, failed connections.
TOTAL_S: Final = 600.0
_FINALIZING_S: Final = 4500.0
_UNREACHABLE_S: Final = 20.0
# A laptop may sleep during a call, so that the clock jumps by more than TOTAL_S: the call is still retried.
_MIN_ATTEMPTS: Final = 4


def backoff(attempts: int, random: Random) -> float:
    """Seconds to wait after that many failed attempts: exponential, with full jitter."""
    return random.uniform(0, min(LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (attempts - 1)))


def is_retried(error: AwsError, attempts: int, seconds: float) -> bool:
    """Whether to try again after that many failed attempts, that many seconds after the first."""
    bound = _bound(error)
    few = attempts < _MIN_ATTEMPTS and error.code not in _UNREACHABLE
    return bound > 0 and (few or seconds <= bound)


def _bound(error: AwsError) -> float:
    """For how many seconds to retry a call that fails with this; 0 for not at all."""
    if error.code == _FINALIZING or error.reason in _IN_FLIGHT:
        return _FINALIZING_S
    if error.code in _UNREACHABLE:
        return _UNREACHABLE_S
    # An expired session of the access role is renewed by the next attempt; we cannot renew the caller's own.
    renewed = error.code in EXPIRED and bool(error.account)
    transient = error.code in _TRANSIENT | THROTTLES | UNANSWERED or error.status >= _SERVER_ERROR or renewed
    return TOTAL_S if transient else 0.0
