"""The credentials for each account: a session of the access role, shared by the threads of a run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.api import Place
    from bootstrap.aws.clock import Clock

# A session lasts an hour unless the call asks for something else (sts:AssumeRole, DurationSeconds).
_SESSION_S = 3600.0
_RENEW_BEFORE_S = 600.0


class _Session(NamedTuple):
    credentials: Credentials
    expires: float


class Sessions:
    """`assume` calls sts:AssumeRole for an account, in a region, and returns the credentials in its answer."""

    def __init__(self, assume: Callable[[Place], Mapping[str, Any]], clock: Clock) -> None:
        self._assume = assume
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def credentials(self, at: Place) -> Credentials | None:
        """The credentials for calls there, renewed well before they expire; None in the management account.

        Threads do not wait for each other: two that enter an account at the same time both call AssumeRole.
        """
        if not at.account:
            return None
        session = self._sessions.get(at.account)
        if session is None or self._clock.now() > session.expires:
            made = self._assume(at)
            credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
            session = _Session(credentials, self._clock.now() + _SESSION_S - _RENEW_BEFORE_S)
            with self._lock:
                self._sessions[at.account] = session
        return session.credentials

    def forget(self, account: str, credentials: Credentials) -> None:
        """Drop expired credentials, unless another thread has renewed them."""
        with self._lock:
            session = self._sessions.get(account)
            if session and session.credentials is credentials:
                del self._sessions[account]
