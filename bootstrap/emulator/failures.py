"""Planned failures: account creations and stack resources that fail, as a test or a profile asks for."""

from __future__ import annotations

from typing import Final, NamedTuple

# API model of Organizations 1.44.5, CreateAccountFailureReason.
ACCOUNT_FAILURES: Final = frozenset(
    {
        "ACCOUNT_LIMIT_EXCEEDED",
        "CONCURRENT_ACCOUNT_MODIFICATION",
        "EMAIL_ALREADY_EXISTS",
        "FAILED_BUSINESS_VALIDATION",
        "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
        "INTERNAL_FAILURE",
        "INVALID_ADDRESS",
        "INVALID_EMAIL",
        "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION",
        "INVALID_PAYMENT_INSTRUMENT",
        "MISSING_BUSINESS_VALIDATION",
        "MISSING_PAYMENT_INSTRUMENT",
        "PENDING_BUSINESS_VALIDATION",
        "UNKNOWN_BUSINESS_VALIDATION",
        "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
    }
)
INTERNAL: Final = "Internal Failure (HandlerErrorCode: InternalFailure)"


class Failure(NamedTuple):
    """A failure of the next `times` matching operations."""

    operation: str  # account, resource or rollback
    names: tuple[str, ...]  # an empty name matches any
    reason: str
    times: int


def account_failure(reason: str, *, email: str = "", times: int = 1) -> Failure:
    """CreateAccount ends FAILED with this FailureReason, for this e-mail address or for any.

    Raises ValueError for a reason that AWS does not document.
    """
    if reason not in ACCOUNT_FAILURES:
        raise ValueError(f"AWS has no FailureReason {reason}; it has {', '.join(sorted(ACCOUNT_FAILURES))}")
    return Failure("account", (email.lower(),), reason, times)


def resource_failure(type_name: str, logical_id: str = "", *, times: int = 1, message: str = INTERNAL) -> Failure:
    """CloudFormation fails to create or update a resource of this type, and rolls back."""
    return Failure("resource", (type_name, logical_id), message, times)


def rollback_failure(type_name: str, logical_id: str = "", *, times: int = 1, message: str = INTERNAL) -> Failure:
    """CloudFormation fails to roll back a resource of this type: ROLLBACK_FAILED or UPDATE_ROLLBACK_FAILED.

    Only a rollback can fail so, for example after a `resource_failure`.
    """
    return Failure("rollback", (type_name, logical_id), message, times)


class PlannedFailures:
    """A reset of the emulator drops them, and plans those of the profile."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []

    def add(self, *failures: Failure) -> None:
        self._failures.extend(failures)

    def take(self, operation: str, *names: str) -> str | None:
        """The reason why this operation on these names has to fail, if it has to."""
        for index, failure in enumerate(self._failures):
            if failure.operation != operation or not failure.times:
                continue
            if all(wanted in {"", name} for wanted, name in zip(failure.names, names, strict=True)):
                self._failures[index] = failure._replace(times=failure.times - 1)
                return failure.reason
        return None
