"""The choke point: every call to AWS goes through `AwsClient`, in any account."""

from __future__ import annotations

import os
import textwrap
import threading
import time
import uuid
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError
from botocore.parsers import ResponseParserError

from bootstrap.aws import limits
from bootstrap.aws.api import HERE, THREADS, AwsApi, Place
from bootstrap.aws.clock import WallClock
from bootstrap.aws.endpoint import refuse_configured
from bootstrap.aws.metrics import Attempt, Metrics
from bootstrap.aws.rate_limit import RateLimiter
from bootstrap.aws.read_only import is_read, refuse_unsafe
from bootstrap.aws.retry import EXPIRED, THROTTLES, UNANSWERED, UNREPEATABLE, Pace
from bootstrap.model.errors import AwsError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.endpoint import Endpoint

T = TypeVar("T")

# A role session lasts an hour when the role says nothing else (sts:AssumeRole, DurationSeconds).
_SESSION_S = 3600.0
_RENEW_BEFORE_S = 600.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs a call, and until when; without a key, whatever the environment offers."""

    key: str | None = None
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    expires: float = float("inf")


_ENVIRONMENT = Credentials()
_DUMMY = Credentials("testing", "testing")  # all that an emulator ever gets
# Nor does the user's configuration have a part in it: no profile, no files (name, variable, default, conversion).
_NOBODY = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class AwsClient(AwsApi):
    """AWS as one run sees it, shared by the run's threads. Starts out read-only; `allow_writes` opens it."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        access_role: str,
        home_region: str,
        pace: Pace | None = None,
        spent: Metrics | None = None,
    ) -> None:
        """`spent` is that of another door, where a run has two and counts what both of them cost."""
        super().__init__(access_role=access_role, home_region=home_region)
        self.endpoint = endpoint
        self._pace = pace or Pace(WallClock(endpoint.speed))
        self.spent = spent or Metrics(tells_waits=not endpoint.emulated)
        self._buckets = RateLimiter(self._pace.clock)
        self._writing = False
        self._looks: list[Callable[[], None]] = []
        self._watchers: list[Callable[[Attempt], None]] = []
        self._lock = threading.RLock()
        # Organizations answers ConcurrentModificationException to writes that overlap.
        self._organizations_writes = threading.Lock()
        self._clients: dict[tuple[str, Place], tuple[Credentials, Any]] = {}
        self._sessions: dict[str, Credentials] = {}
        self._session = botocore.session.Session(_NOBODY if endpoint.emulated else None)
        # Only AWS_ENDPOINT_URL chooses an endpoint, and it was checked; a profile's own cannot.
        self._session.set_config_variable("ignore_configured_endpoint_urls", value=True)
        self._session.register("before-call", refuse_unsafe(lambda: self._writing))

    def allow_writes(self) -> None:
        """From now on this run may change AWS: called once, when a plan is about to be applied."""
        self._writing = True

    def before_writes(self, look: Callable[[], None]) -> None:
        """Call `look` before each write from now on; what it raises keeps the write from happening."""
        self._looks.append(look)

    def on_event(self, event: str, handler: Callable[..., Any]) -> None:
        """Listen to botocore's events of every client made from now on (`before-call`, `after-call` …)."""
        self._session.register(event, handler)

    def now(self) -> float:
        """Seconds by the clock of this run."""
        return self._pace.clock.now()

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        service, _, operation = action.partition(".")
        writes = not is_read(operation)
        alone = service == "organizations" and writes
        attempt, lost = 0, False
        self._stand_in_line(action, at)
        began = self._pace.clock.now()
        while True:
            for look in self._looks if writes else ():
                look()
            try:
                with self._organizations_writes if alone else nullcontext():
                    return self._try(service, operation, at, parameters)
            except AwsError as error:
                error.repeated = lost
                lost = lost or error.code in UNANSWERED
                if error.code in THROTTLES:
                    self.spent.throttled(action)
                    self._buckets.slow_down(action, at.account)
                if error.code in EXPIRED and at.account:
                    self._forget_session(at.account)
                wait = self._pace.backoff.wait(attempt, self._pace.random)
                passed = self._pace.clock.now() - began
                unclear = error.code in UNANSWERED and action in UNREPEATABLE
                if unclear or not self._pace.backoff.goes_on(error, attempt + 1, passed + wait):
                    error.tell(attempt + 1, passed)
                    raise
            self.spent.retry()
            self.spent.wait(wait)
            self._pace.clock.sleep(wait)
            self._stand_in_line(action, at)
            attempt += 1

    def _stand_in_line(self, action: str, at: Place) -> None:
        self.spent.wait(self._buckets.wait(action, at.account))

    def _forget_session(self, account: str) -> None:
        """The next call into an account enters it anew."""
        with self._lock:
            self._sessions.pop(account, None)
            for key in [key for key in self._clients if key[1].account == account]:
                del self._clients[key]

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        deadline = self._pace.clock.now() + timeout_s
        while (answer := poll()) is None:
            if self._pace.clock.now() + every_s > deadline:
                raise WaitError(
                    f"{what} did not end within {timeout_s:.0f} s",
                    hint="run the same command again: it goes on",
                )
            self._pace.clock.sleep(every_s)
        return answer

    def new_name(self) -> str:
        return uuid.uuid4().hex

    def watch(self, attempt: Callable[[Attempt], None]) -> None:
        """Tell of every attempt from now on, from the thread that made it."""
        self._watchers.append(attempt)

    def _try(self, service: str, operation: str, at: Place, parameters: dict[str, Any]) -> dict[str, Any]:
        began, outcome, reason = time.perf_counter(), "ok", ""
        try:
            return self._ask(service, operation, at, parameters)
        except AwsError as error:
            outcome, reason = error.code, error.reason
            raise
        finally:
            made = Attempt(f"{service}.{operation}", at.account, time.perf_counter() - began, outcome, reason)
            for watcher in self._watchers:
                watcher(made)

    def _ask(self, service: str, operation: str, at: Place, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            client = self._client(service, at)
            if not at.account:
                self._sign_in()  # they may have run out since the client was made
            self.spent.call(f"{service}.{operation}")
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            raise _translate(error, f"{service}.{operation}", at) from error
        except (BotoCoreError, ResponseParserError) as error:
            # No answer, or one that is not AWS's: a proxy's page, an emulator's traceback.
            name = type(error).__name__
            raise AwsError(f"{service}.{operation}", name, _first_line(error), account=at.account) from error
        return answer

    def _client(self, service: str, at: Place) -> Any:
        """A client for one service in one place, made anew when its credentials run out."""
        credentials, client = self._clients.get((service, at), (_ENVIRONMENT, None))
        if client is None or self._pace.clock.now() > credentials.expires:
            # Outside the lock: two threads that enter one account together cost a call, not a queue for all.
            credentials = self._credentials(at)
            with self._lock:
                client = self._make_client(service, at, credentials)
                self._clients[service, at] = (credentials, client)
        return client

    def _make_client(self, service: str, at: Place, credentials: Credentials) -> Any:
        if not self.endpoint.emulated:
            profile = self._session.get_scoped_config()
            services = self._session.full_config.get("services", {}).get(profile.get("services"), {})
            refuse_configured(profile, services)
        if credentials is _ENVIRONMENT:
            self._sign_in()
        return self._session.create_client(
            service,
            region_name=at.region,
            endpoint_url=self.endpoint.url or None,
            config=Config(
                # Trying again is this module's own work: it counts, it says so, and its clock is handed in.
                retries={"mode": "standard", "total_max_attempts": 1},
                read_timeout=self.endpoint.answers_within_s,
                max_pool_connections=THREADS * 2,
                # What is meant for loopback goes nowhere else, whatever proxy the environment names.
                proxies={} if self.endpoint.emulated else None,
            ),
            aws_access_key_id=credentials.key,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token,
        )

    def _sign_in(self) -> None:
        """Have the environment's credentials, got anew where they have run out.

        botocore starts a profile's `credential_process`, reads what it prints, and opens the file of a web identity's
        token with nothing around that: what goes wrong there is none of its own errors.
        """
        if self.endpoint.emulated:
            return
        try:
            with self._lock:
                if found := self._session.get_credentials():
                    found.get_frozen_credentials()
        except (OSError, ValueError, AttributeError) as error:
            raise CredentialRetrievalError(provider="the environment", error_msg=str(error)) from error

    def _credentials(self, at: Place) -> Credentials:
        """Those of the environment, or a session of the access role in an account."""
        if not at.account:
            return _DUMMY if self.endpoint.emulated else _ENVIRONMENT
        kept = self._sessions.get(at.account)
        if kept is None or self._pace.clock.now() > kept.expires:
            made = self.call(
                "sts.AssumeRole",
                at=Place(region=at.region),
                RoleArn=f"arn:aws:iam::{at.account}:role/{self.access_role}",
                RoleSessionName="org-bootstrap",
            )["Credentials"]
            expires = self._pace.clock.now() + _SESSION_S - _RENEW_BEFORE_S
            kept = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"], expires)
            self._sessions[at.account] = kept
        return kept


def _first_line(error: Exception) -> str:
    """A proxy's answer may be a whole page."""
    return textwrap.shorten(str(error).partition("\n")[0], 300, placeholder=" …")


def _translate(error: ClientError, operation: str, at: Place) -> AwsError:
    detail = error.response.get("Error", {})
    reason, message = str(error.response.get("Reason", "")), str(detail.get("Message", ""))
    limit = limits.LIMITS.get(reason)
    return AwsError(
        operation,
        str(detail.get("Code", "Unknown")),
        limit.added_to(message) if limit else message,
        reason=reason,
        account=at.account,
        status=int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
        hint=limit.advice if limit else "",
    )
