"""What a test or a profile asks to go wrong, since on AWS it does so only now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class Failure(NamedTuple):
    """Something that is to go wrong, so many times where it fits."""

    where: str
    names: tuple[str, ...]  # an empty one stands for any
    reason: str
    times: int


def account_failure(reason: str, *, email: str = "", times: int = 1) -> Failure:
    """The creation of an account, of this e-mail if one is given, ends FAILED with this FailureReason.

    Raises ValueError for a reason that AWS does not document.
    """
    if reason not in ACCOUNT_FAILURES:
        raise ValueError(f"{reason} is no reason of AWS's: there are {', '.join(sorted(ACCOUNT_FAILURES))}")
    return Failure("account", (email.lower(),), reason, times)


def resource_failure(type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> Failure:
    """CloudFormation fails to create or update a resource of this type; what it changed is rolled back."""
    return Failure("resource", (type_name, logical_id), message, times)


def rollback_failure(type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> Failure:
    """CloudFormation fails to bring a resource of this type back: ROLLBACK_FAILED, UPDATE_ROLLBACK_FAILED.

    It needs something to roll back, as `resource_failure` brings about.
    """
    return Failure("rollback", (type_name, logical_id), message, times)


class Requests:
    """Failures to come: each happens `times` times where it fits, and then all goes well again.

    `Emulator.requests` is the one of a running emulator; its `reset()` forgets what did not happen yet, and begins
    anew with what the profile asks for.
    """

    def __init__(self) -> None:
        self._failures: list[Failure] = []

    def fail_account(self, reason: str, *, email: str = "", times: int = 1) -> None:
        """Ask for an `account_failure`."""
        self.ask([account_failure(reason, email=email, times=times)])

    def fail_resource(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> None:
        """Ask for a `resource_failure`."""
        self.ask([resource_failure(type_name, logical_id, times=times, message=message)])

    def fail_rollback(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = _MESSAGE) -> None:
        """Ask for a `rollback_failure`."""
        self.ask([rollback_failure(type_name, logical_id, times=times, message=message)])

    def ask(self, failures: Iterable[Failure]) -> None:
        """Ask for these, after whatever was asked for before."""
        self._failures.extend(failures)

    def forget(self) -> None:
        self._failures.clear()

    def failure_of_account(self, email: str) -> str | None:
        return self._take("account", email.lower())

    def failure_of_resource(self, type_name: str, logical_id: str) -> str | None:
        return self._take("resource", type_name, logical_id)

    def failure_of_rollback(self, type_name: str, logical_id: str) -> str | None:
        return self._take("rollback", type_name, logical_id)

    def _take(self, where: str, *names: str) -> str | None:
        for place, failure in enumerate(self._failures):
            if failure.where != where or not failure.times:
                continue
            if all(wanted in {"", name} for wanted, name in zip(failure.names, names, strict=True)):
                self._failures[place] = failure._replace(times=failure.times - 1)
                return failure.reason
        return None
