"""The failures that are expected, as one tree; anything else is a bug and shows its traceback.

    BootstrapError
    ├── SpecError       the YAML is wrong: every problem at once, each with its place
    ├── EndpointError   the configured endpoint is not on loopback, or is mixed with real AWS
    ├── AwsError        AWS refused a call, or could not be reached
    ├── WaitError       an asynchronous operation of AWS failed or timed out
    └── BlockedError    a guard blocks the plan, or nobody confirmed it (exit code 3)
        └── LockError   another run holds the lock, or this run lost it

`WriteWhilePlanning` is not in the tree: it is a bug, so nothing may catch it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class BootstrapError(Exception):
    """An expected failure. `hint` says what to do next; `reason` is AWS's `Reason` or `FailureReason`, if any."""

    reason: str = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in the YAML. `line` and `column` count from 1; `source` is the offending line."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    source: str = ""


class SpecError(BootstrapError):
    """`problems` holds every problem of the YAML, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the YAML")

    def __str__(self) -> str:
        places = [f"{p.file}:{p.line}:{p.column}: {p.message}" for p in self.problems]
        return "\n".join([self.message, *places])


class EndpointError(BootstrapError):
    """A custom endpoint that is not on loopback, or one mixed with real AWS."""


class AwsError(BootstrapError):
    """A call that AWS refused. `code` is AWS's error code, `status` the HTTP status, 0 without an answer.

    `repeated`: the answer to an earlier attempt was lost, and its effect may have caused this error. `given_up`: the
    call was retried in vain.
    """

    def __init__(  # noqa: PLR0913 (each is a field)
        self,
        operation: str,
        code: str,
        message: str,
        *,
        reason: str = "",
        account: str = "",
        status: int = 0,
        hint: str = "",
    ) -> None:
        where = f" in account {account}" if account else ""
        detail = f"{code} ({reason})" if reason else code
        super().__init__(f"{operation}{where}: {detail}: {message}", hint=hint)
        self.operation = operation
        self.text = message
        self.code = code
        self.reason = reason
        self.account = account
        self.status = status
        self.repeated = False
        self.given_up = False

    def add_attempts(self, attempts: int, seconds: float) -> None:
        """Add to the message how often the call was tried, if more than once."""
        if attempts > 1:
            self.message += f" (gave up after {attempts} attempts in {seconds:.0f} s)"
            self.args = (self.message,)
            self.given_up = True


class WaitError(BootstrapError):
    def __init__(self, message: str, *, hint: str = "", reason: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class BlockedError(BootstrapError):
    """The plan was not applied: a guard blocks it, or nobody confirmed it."""


class LockError(BlockedError):
    """Another run holds the lock, or this run lost it."""


class WriteWhilePlanning(RuntimeError):  # noqa: N818 (named for what happened; it must never be caught)
    """A bug: code tried to change AWS while planning, or to read a secret value."""


def os_reason(error: OSError) -> str:
    """Why the operating system refused, in lower case: `permission denied`."""
    return error.strerror.lower() if error.strerror else str(error)
