"""Reads of AWS recorded as calls, and answered again from the recording without AWS.

Every read goes through `AwsApi.call`, so no read is listed here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bootstrap.aws.api import HERE, AwsApi, Place
from bootstrap.aws.read_only import is_read
from bootstrap.model.diff import canonical
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")

NOT_RECORDED: Final = "NotRecorded"
"""The error code of a call that was not made when the recording was taken."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One read, with AWS's answer or its error (`code`, `message`)."""

    action: str
    account: str
    region: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    code: str = ""
    message: str = ""

    @property
    def key(self) -> str:
        return _key(self.action, Place(self.account, self.region), self.parameters)


class Recorder(AwsApi):
    """Passes every call on, and records the reads."""

    def __init__(self, aws: AwsApi) -> None:
        super().__init__(access_role=aws.access_role, home_region=aws.home_region)
        self._aws = aws
        self._calls: dict[str, RecordedCall] = {}
        self._lock = threading.Lock()

    @property
    def calls(self) -> list[RecordedCall]:
        """In an order that does not depend on threads."""
        return [self._calls[key] for key in sorted(self._calls)]

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        try:
            answer = self._aws.call(action, at=at, **parameters)
        except AwsError as error:
            self._keep(RecordedCall(action, at.account, at.region, parameters, None, error.code, error.text))
            raise
        self._keep(RecordedCall(action, at.account, at.region, parameters, answer))
        return answer

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        return self._aws.until(poll, what=what, every_s=every_s, timeout_s=timeout_s)

    def new_name(self) -> str:
        return self._aws.new_name()

    def _keep(self, made: RecordedCall) -> None:
        if is_read(made.action.partition(".")[2]):
            with self._lock:
                self._calls[made.key] = made


class Replay(AwsApi):
    """Answers every recorded call as AWS did, at once. Any other call raises AwsError with the code `NOT_RECORDED`."""

    def __init__(self, calls: Iterable[RecordedCall], *, access_role: str, home_region: str) -> None:
        super().__init__(access_role=access_role, home_region=home_region)
        self._calls = {made.key: made for made in calls}

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        made = self._calls.get(_key(action, at, parameters))
        if made is None:
            raise AwsError(action, NOT_RECORDED, "the snapshot does not hold this call", account=at.account)
        if made.answer is None:
            raise AwsError(action, made.code, made.message, account=at.account)
        return dict(made.answer)

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        answer = poll()
        assert answer is not None, f"{what}: nothing changes in a replay ({every_s}, {timeout_s})"
        return answer

    def new_name(self) -> str:
        return "NEW"


def _key(action: str, at: Place, parameters: Mapping[str, Any]) -> str:
    return canonical([action, at.account, at.region, dict(parameters)])
