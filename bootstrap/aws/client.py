"""The client: every call to AWS goes through it, in any account."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import nullcontext
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from bootstrap.aws.api import HERE, AwsApi, Place
from bootstrap.aws.clock import Clock, WallClock
from bootstrap.aws.metrics import Attempt, Metrics
from bootstrap.aws.rate_limit import RateLimiter
from bootstrap.aws.read_only import is_read
from bootstrap.aws.retry import EXPIRED, THROTTLES, UNANSWERED, UNREPEATABLE, backoff, is_retried
from bootstrap.aws.sessions import Sessions
from bootstrap.aws.transport import Transport
from bootstrap.model.errors import AwsError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.credentials import Credentials

    from bootstrap.aws.endpoint import Endpoint

T = TypeVar("T")


class AwsClient(AwsApi):
    """AWS for one run, shared by its threads: rate limited, retried, counted, and read-only until `allow_writes`."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        access_role: str,
        home_region: str,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """`random` gives the jitter of the waits between attempts."""
        super().__init__(access_role=access_role, home_region=home_region)
        self.endpoint = endpoint
        self.metrics = Metrics(shows_waits=not endpoint.emulated)
        self._clock = clock or WallClock(endpoint.speed)
        self._random = random or Random()  # noqa: S311 (jitter, not a secret)
        self._rates = RateLimiter(self._clock)
        self._sessions = Sessions(self._assume_access_role, self._clock)
        self._transport = Transport(endpoint, writable=lambda: self._writable, on_send=self._count)
        self._writable = False
        self._write_checks: list[Callable[[], None]] = []
        self._listeners: list[Callable[[Attempt], None]] = []
        # Organizations answers ConcurrentModificationException to writes that overlap.
        self._organizations_writes = threading.Lock()

    def allow_writes(self) -> None:
        """From now on this run may change AWS: called once, before a plan is applied."""
        self._writable = True

    def before_writes(self, check: Callable[[], None]) -> None:
        """Call `check` before each write from now on; if it raises, the write is not sent."""
        self._write_checks.append(check)

    def on_attempt(self, listener: Callable[[Attempt], None]) -> None:
        """Call `listener` after every attempt from now on, in the thread that made it."""
        self._listeners.append(listener)

    def on_event(self, event: str, handler: Callable[..., Any]) -> None:
        """Handle a botocore event (`before-call`, `after-call` …) of services that were not called yet."""
        self._transport.on_event(event, handler)

    def now(self) -> float:
        return self._clock.now()

    def new_name(self) -> str:
        return uuid.uuid4().hex

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        service, _, operation = action.partition(".")
        writes = not is_read(operation)
        serial = service == "organizations" and writes
        tries, unanswered = 0, False
        self._wait_for_rate(action, at)
        began = self._clock.now()
        while True:
            credentials = self._sessions.credentials(at)
            for check in self._write_checks if writes else ():
                check()
            try:
                with self._organizations_writes if serial else nullcontext():
                    return self._attempt(action, at, credentials, parameters)
            except AwsError as error:
                tries += 1
                error.repeated = unanswered
                unanswered = unanswered or error.code in UNANSWERED
                if error.code in THROTTLES:
                    self.metrics.throttled(action)
                    self._rates.slow_down(action, at.account)
                if error.code in EXPIRED and credentials:
                    self._sessions.forget(at.account, credentials)
                wait = backoff(tries, self._random)
                passed = self._clock.now() - began
                unclear = error.code in UNANSWERED and action in UNREPEATABLE
                if unclear or not is_retried(error, tries, passed + wait):
                    error.add_attempts(tries, passed)
                    raise
            self.metrics.retry()
            self.metrics.wait(wait)
            self._clock.sleep(wait)
            self._wait_for_rate(action, at)

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        deadline = self._clock.now() + timeout_s
        while (answer := poll()) is None:
            if self._clock.now() + every_s > deadline:
                raise WaitError(
                    f"{what} did not end within {timeout_s:.0f} s",
                    hint="run the same command again: it continues",
                )
            self._clock.sleep(every_s)
        return answer

    def _wait_for_rate(self, action: str, at: Place) -> None:
        self.metrics.wait(self._rates.wait(action, at.account))

    def _attempt(
        self, action: str, at: Place, credentials: Credentials | None, parameters: Mapping[str, Any]
    ) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            answer = self._transport.send(action, at, credentials, parameters)
        except AwsError as error:
            self._report(Attempt(action, at.account, time.perf_counter() - began, error.code, error.reason))
            raise
        self._report(Attempt(action, at.account, time.perf_counter() - began, "ok", ""))
        return answer

    def _count(self, action: str) -> None:
        self.metrics.call(action)  # `metrics` may be replaced: the client for the lock shares those of the run

    def _report(self, attempt: Attempt) -> None:
        for listener in self._listeners:
            listener(attempt)

    def _assume_access_role(self, at: Place) -> Mapping[str, Any]:
        role = f"arn:aws:iam::{at.account}:role/{self.access_role}"
        answer = self.call("sts.AssumeRole", at=Place(region=at.region), RoleArn=role, RoleSessionName="org-bootstrap")
        credentials: Mapping[str, Any] = answer["Credentials"]
        return credentials
