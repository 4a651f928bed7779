"""The lock: a parameter in the management account that only one run at a time can create.

PutParameter without Overwrite is atomic: of two runs that call it at the same time, one is refused.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import json
import threading
import uuid
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bootstrap.model.errors import AwsError, LockError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.aws.client import AwsClient

# Always in the same region: if it followed the home region, an edit of that would let a second run in.
_NAME = "/org-bootstrap/lock"
# A run that has lost its lock makes changes for at most this long.
_CHECK_EVERY_S = 20.0
# All runs share the few calls a second that AWS allows for parameters.
_ASK_EVERY_S = 10.0
_UNLOCK = "if that run is over, release its lock: org-bootstrap unlock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, since when (ISO 8601, UTC), in which run."""

    who: str
    since: str
    run: str

    def __str__(self) -> str:
        return f"{self.who} since {self.since}"


def holder(aws: AwsClient) -> Holder | None:
    try:
        found = aws.call("ssm.GetParameter", Name=_NAME)
    except AwsError as error:
        if error.code == "ParameterNotFound":
            return None
        raise
    text = found["Parameter"]["Value"]
    try:
        value = json.loads(text)
        return Holder(value["who"], value["since"], value["run"])
    except (ValueError, KeyError, TypeError):
        # This tool did not write this value, but it counts as a lock.
        return Holder("somebody unknown", str(found["Parameter"].get("LastModifiedDate", "an unknown time")), text)


@dataclass(frozen=True, slots=True)
class LockWait:
    """How long to wait for another run's lock; `on_wait` is called with each holder."""

    seconds: float = 0.0
    on_wait: Callable[[Holder], None] = lambda _: None


_NO_WAIT = LockWait()


@contextmanager
def locked(
    writer: AwsClient, aws: AwsClient, who: str, now: Callable[[], str], wait: LockWait = _NO_WAIT
) -> Iterator[None]:
    """Hold the lock for the duration of a `with` block. `writer` is a client for the lock alone, which may write.

    `aws` sends no more writes once the lock is lost. Raises LockError if another run still holds the lock after `wait`.
    """
    mine = _acquire(writer, who, now, wait)
    aws.before_writes(_StillHeld(writer, mine).check)
    try:
        yield
    finally:
        if holder(writer) == mine:
            release(writer)


def release(writer: AwsClient) -> None:
    """Remove the lock, whoever holds it."""
    writer.once("ssm.DeleteParameter", done="ParameterNotFound", Name=_NAME)


def _acquire(writer: AwsClient, who: str, now: Callable[[], str], wait: LockWait) -> Holder:
    other: Holder | None = None

    def ask() -> Holder | None:
        nonlocal other
        mine = Holder(who, now(), str(uuid.uuid4()))
        found = _create(writer, mine)
        if found == mine:
            return mine
        if wait.seconds and found and found != other:
            wait.on_wait(found)
        other = found
        return None

    try:
        return writer.until(ask, what="another run", every_s=_ASK_EVERY_S, timeout_s=wait.seconds)
    except WaitError as error:
        if other is None:
            raise LockError("another run held the lock until a moment ago", hint="run again") from error
        raise LockError(f"another run holds the lock: {other}", hint=_UNLOCK) from error


def _create(writer: AwsClient, mine: Holder) -> Holder | None:
    """Create the lock if nobody holds it. Returns who holds it now."""
    try:
        writer.call("ssm.PutParameter", Name=_NAME, Value=json.dumps(asdict(mine)), Type="String", Overwrite=False)
    except AwsError as error:
        if error.code != "ParameterAlreadyExists":
            raise
        return holder(writer)  # this is `mine` where the answer to an earlier attempt was lost
    return mine


class _StillHeld:
    """Checks before writes, at most every 20 s, that this run still holds the lock."""

    def __init__(self, writer: AwsClient, mine: Holder) -> None:
        self._writer = writer
        self._mine = mine
        self._checked = writer.now()
        self._lock = threading.Lock()

    def check(self) -> None:
        with self._lock:
            if self._writer.now() - self._checked < _CHECK_EVERY_S:
                return
            found = holder(self._writer)
            if found != self._mine:
                raise LockError(f"this run lost its lock and stops; the lock is held by {found or 'nobody'}")
            self._checked = self._writer.now()
