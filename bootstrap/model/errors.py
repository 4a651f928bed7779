"""The failures that are expected, as one tree; anything else is a bug and shows its traceback.

    BootstrapError
    ├── SpecError       the YAML is wrong: every problem at once, each with its place
    ├── EndpointError   the AWS that the environment points at is not one this tool will talk to
    ├── AwsError        AWS refused a call, or could not be reached
    ├── WaitError       something that AWS does in its own time did not end, or ended badly
    └── BlockedError    a guard stopped the plan, or nobody said yes (exit code 3)
        └── LockError   another run is at work, or took this one's lock

`WriteWhilePlanning` stands apart on purpose: it is never expected, so nothing may catch it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class BootstrapError(Exception):
    """The root of every expected failure. `hint` says what to do next, in one sentence; `reason` is AWS's word for
    why, where it has one beside an error code.
    """

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
    """The YAML cannot be used. `problems` holds all that was found, sorted by place."""

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
    """A call that AWS refused. `code` is AWS's error code, `reason` its `Reason` member where it has one,
    `status` that of HTTP, 0 where there was no answer.

    `repeated` says that an answer to the same call was lost before: it may be its own effect that it met;
    `given_up` that it was tried more than once, as it might have passed.
    """

    def __init__(  # noqa: PLR0913 (an error is its facts, and each of these is one)
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
    """An asynchronous operation of AWS that failed or did not end within its bound."""

    def __init__(self, message: str, *, hint: str = "", reason: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class BlockedError(BootstrapError):
    """The plan was not applied: a guard refused it, or consent was missing."""


class LockError(BlockedError):
    """Another run holds the lock; or this one held it, and lost it."""


class WriteWhilePlanning(RuntimeError):  # noqa: N818 (named for what happened; it must never be caught)
    """A bug: something tried to change AWS, or to read a secret value, where that is forbidden."""
