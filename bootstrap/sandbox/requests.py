"""What a test asks to go wrong, since on AWS it does so only now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
_MESSAGE: Final = "Internal Failure (HandlerErrorCode: InternalFailure)"


@dataclass
class _Failure:
    where: str
    names: tuple[str, ...]  # an empty one stands for any
    reason: str
    times: int


class Requests:
    """Failures to come: each happens `times` times where it fits, and then all goes well again.

    `Sandbox.requests` is the one of a running sandbox; its `reset()` forgets what did not happen yet.
    """

    def __init__(self) -> None:
        self._failures: list[_Failure] = []

    def fail_account(self, reason: str, *, email: str = "", times: int = 1) -> None:
        """Let the creation of an account, of this e-mail if one is given, end FAILED with this FailureReason.

        Raises ValueError for a reason that AWS does not document.
        """
        if reason not in ACCOUNT_FAILURES:
            raise ValueError(f"{reason} is no reason of AWS's: there are {', '.join(sorted(ACCOUNT_FAILURES))}")
        self._failures.append(_Failure("account", (email.lower(),), reason, times))

    def fail_resource(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> None:
        """Let CloudFormation fail to create or update a resource of this type; what it changed is rolled back."""
        self._failures.append(_Failure("resource", (type_name, logical_id), message, times))

    def fail_rollback(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> None:
        """Let CloudFormation fail to bring a resource of this type back: ROLLBACK_FAILED, UPDATE_ROLLBACK_FAILED.

        It needs something to roll back, as `fail_resource` brings about.
        """
        self._failures.append(_Failure("rollback", (type_name, logical_id), message, times))

    def forget(self) -> None:
        self._failures.clear()

    def failure_of_account(self, email: str) -> str | None:
        return self._take("account", email.lower())

    def failure_of_resource(self, type_name: str, logical_id: str) -> str | None:
        return self._take("resource", type_name, logical_id)

    def failure_of_rollback(self, type_name: str, logical_id: str) -> str | None:
        return self._take("rollback", type_name, logical_id)

    def _take(self, where: str, *names: str) -> str | None:
        for failure in self._failures:
            fits = all(wanted in {"", name} for wanted, name in zip(failure.names, names, strict=True))
            if failure.where == where and failure.times > 0 and fits:
                failure.times -= 1
                return failure.reason
        return None
