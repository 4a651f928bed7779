"""One run at a time: a parameter in the management account that only one run can create.

PutParameter without Overwrite is atomic: of two runs that ask at once, one is refused.
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

# In one region whatever the home region is, or an edit of it would let a second run in.
_NAME = "/org-bootstrap/lock"
# How long a run may go on writing after somebody has broken its lock.
_LOOK_EVERY_S = 20.0
# How often a run that waits asks for it: all runs share the parameters' few calls a second.
_ASK_EVERY_S = 10.0
_UNLOCK = "when that run is surely over: org-bootstrap unlock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, since when (ISO 8601, UTC), in which run."""

    who: str
    since: str
    run: str

    def __str__(self) -> str:
        return f"{self.who} since {self.since}"


def holder(aws: AwsClient) -> Holder | None:
    """Who holds the lock, if anybody does."""
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
        # Not of our writing, and held all the same: whoever wrote it may be at work.
        return Holder("somebody unknown", str(found["Parameter"].get("LastModifiedDate", "nobody knows when")), text)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for another run, and who is told whom for."""

    seconds: float = 0.0
    tell: Callable[[Holder], None] = lambda _: None


_NONE = Patience()


@contextmanager
def locked(
    keys: AwsClient, aws: AwsClient, who: str, now: Callable[[], str], patience: Patience = _NONE
) -> Iterator[None]:
    """Hold the lock for as long as this lasts; `keys` is a door that may write, and is used for nothing else.

    No write leaves through `aws` once the lock is lost. Raises LockError if another run holds it for too long.
    """
    mine = _take(keys, who, now, patience)
    aws.before_writes(_Watch(keys, mine).look)
    try:
        yield
    finally:
        if holder(keys) == mine:
            release(keys)


def release(keys: AwsClient) -> None:
    """Remove the lock, whoever holds it."""
    keys.once("ssm.DeleteParameter", done="ParameterNotFound", Name=_NAME)


def _take(keys: AwsClient, who: str, now: Callable[[], str], patience: Patience) -> Holder:
    other: Holder | None = None

    def ask() -> Holder | None:
        nonlocal other
        mine = Holder(who, now(), str(uuid.uuid4()))
        found = _held(keys, mine)
        if found == mine:
            return mine
        if patience.seconds and found and found != other:
            patience.tell(found)
        other = found
        return None

    try:
        return keys.until(ask, what="another run", every_s=_ASK_EVERY_S, timeout_s=patience.seconds)
    except WaitError as error:
        raise LockError(f"another run is at work: {other or 'it has just ended'}", hint=_UNLOCK) from error


def _held(keys: AwsClient, mine: Holder) -> Holder | None:
    """Who holds the lock, once it was asked for: we, if it was free."""
    try:
        keys.call("ssm.PutParameter", Name=_NAME, Value=json.dumps(asdict(mine)), Type="String", Overwrite=False)
    except AwsError as error:
        if error.code != "ParameterAlreadyExists":
            raise
        return holder(keys)  # ours, if the answer to an earlier try was lost
    return mine


class _Watch:
    """Sees before a write, now and then, whether the lock is still ours."""

    def __init__(self, keys: AwsClient, mine: Holder) -> None:
        self._keys = keys
        self._mine = mine
        self._looked = keys.now()
        self._lock = threading.Lock()

    def look(self) -> None:
        with self._lock:
            if self._keys.now() - self._looked < _LOOK_EVERY_S:
                return
            found = holder(self._keys)
            if found != self._mine:
                raise LockError(f"this run has lost its lock, and writes no more: {found or 'somebody broke it'}")
            self._looked = self._keys.now()
