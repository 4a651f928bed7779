"""The order of the gate, as on AWS: the time of the signature, the rate, then the operation itself."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from moto.organizations.models import organizations_backends

from bootstrap.emulator import options
from bootstrap.emulator.gate import refusals
from bootstrap.emulator.gate.buckets import Buckets
from bootstrap.emulator.gate.faults import Chance, Fault, Faults, Planned
from bootstrap.emulator.gate.request import Answer, Call, Request, Unanswered, parse
from bootstrap.emulator.iam import account_of_key
from bootstrap.emulator.services import answer_of

if TYPE_CHECKING:
    from threading import RLock

    from bootstrap.emulator.profile import Profile

CALLS: Final = "/_emulator/calls"
SLOW_S: Final = 90.0  # botocore waits 60 s for an answer (botocore.endpoint, DEFAULT_TIMEOUT)
SKEW_S: Final = 3600.0
WINDOW_S: Final = 300.0  # AWS allows five minutes (https://github.com/mhart/aws4fetch/issues/73)
ERROR: Final = 400


class Arrival(NamedTuple):
    request: Request
    account: str
    at: float

    @property
    def identity(self) -> str:
        """The same for each repetition of a call."""
        return f"{self.account} {self.request.region} {self.request.action} {self.request.digest}"


class Decision(NamedTuple):
    fault: Fault | None
    pause_s: float
    refusal: Answer | None


class Session:
    """The state between two resets. A call that began before a reset belongs to the old session."""

    def __init__(self) -> None:
        self.clock = options.CURRENT.clock
        self.calls: list[Call] = []
        self.chance = Chance(options.CURRENT.seed)
        self._faults = Faults(options.CURRENT.profile.faults)
        self._accounts: dict[str, str] = {}
        self._lock = threading.Lock()
        self.become(options.CURRENT.profile, options.CURRENT.seed)

    def become(self, profile: Profile, seed: int | None) -> None:
        """Decide by this profile from the next call on, with full buckets. Randomness starts again with a seed."""
        with self._lock:
            self._profile = profile
            self._buckets = Buckets(profile.limits)
            self._faults.become(profile.faults)
            if seed is not None:
                self.chance.become(seed)

    def plan(self, planned: Planned) -> None:
        with self._lock:
            self._faults.plan(planned)

    def account_of(self, key: str, lock: RLock) -> str:
        """The account of a key. The lock is needed because the search reads state that other calls write."""
        if key not in self._accounts:
            with lock:
                self._accounts[key] = account_of_key(key)
        return self._accounts[key]

    def decide(self, arrival: Arrival) -> Decision:
        """Decide what happens to the call. A refusal for its signature or its rate has no latency and draws nothing."""
        request = arrival.request
        management, _ = organizations_backends.master_accounts.get(arrival.account, (arrival.account, ""))
        with self._lock:
            profile = self._profile
            if profile.signature_window_s:
                message = refusals.skew_message(request.signed_at, profile.signature_window_s, profile.clock_ahead_s)
                if message is not None:
                    return Decision(Fault.SKEWED_CLOCK, 0, refusals.skewed(request, message))
            if not self._buckets.take(request.action, arrival.account, management, arrival.at):
                return Decision(Fault.THROTTLED, 0, refusals.throttled(request))
            random = self.chance.for_attempt(arrival.identity)
            fault = self._faults.pick(request, random)
            pause_s = profile.latency.pick(random)
            unavailable = fault is Fault.SERVER_ERROR and random.random() < 0.5  # noqa: PLR2004 (one of two)
        return Decision(fault, pause_s, _refusal(fault, request, unavailable=unavailable))

    def record(self, arrival: Arrival, outcome: str, status: int, *, effect: bool) -> None:
        request, account, at = arrival
        self.calls.append(Call(request.action, account, request.region, request.write, at, outcome, status, effect))


class Gate:
    """In front of moto, which runs in one thread at a time: the one that holds the lock."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self.session = Session()

    def reset(self) -> None:
        """Start a new session with the current options. The caller holds the lock."""
        self.session = Session()

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Raise Unanswered if the connection is to break."""
        session = self.session
        if environ["PATH_INFO"] == CALLS:
            return Answer.made(200, "application/json", json.dumps([asdict(call) for call in list(session.calls)]))
        request = parse(environ)
        if request is None:
            return refusals.unsigned()
        arrival = Arrival(request, session.account_of(request.key, self._lock), session.clock.now())
        fault, pause_s, refusal = session.decide(arrival)
        if pause_s:
            session.clock.sleep(pause_s)
        if refusal is not None:
            session.record(arrival, str(fault), refusal.status, effect=False)
            return refusal
        if fault is Fault.RESET_BEFORE:
            session.record(arrival, str(fault), 0, effect=False)
            raise Unanswered
        return self._carry_out(session, arrival, fault, environ)

    def _carry_out(self, session: Session, arrival: Arrival, fault: Fault | None, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].getvalue() if fault is Fault.EMPTY_PAGE else b""
        with self._lock:  # until it is recorded: the record is in the order of the effects
            if session is not self.session:
                raise Unanswered  # the call was made before a reset
            options.CURRENT.random.seed(session.chance.for_effect(arrival.identity))
            try:
                answer = answer_of(environ)
            except Exception as bug:
                session.record(arrival, type(bug).__name__, 500, effect=False)
                raise
            done = answer.status < ERROR
            if done:
                session.chance.record_effect(arrival.identity)
            if fault is Fault.EMPTY_PAGE and not done:
                fault = None
            outcome = str(fault) if fault else "ok" if done else refusals.code_in(answer)
            session.record(arrival, outcome, 0 if fault is Fault.RESET_AFTER else answer.status, effect=done)
        if fault is Fault.EMPTY_PAGE:
            _empty(answer, body)
        if fault is Fault.RESET_AFTER:
            raise Unanswered
        if fault is Fault.SLOW:
            session.clock.sleep(SLOW_S)
        return answer


def _refusal(fault: Fault | None, request: Request, *, unavailable: bool) -> Answer | None:
    match fault:
        case Fault.SERVER_ERROR:
            return refusals.server_error(request, unavailable=unavailable)
        case Fault.SKEWED_CLOCK:
            message = refusals.skew_message(request.signed_at, WINDOW_S, SKEW_S)
            return refusals.skewed(request, message or "Signature expired")
        case Fault.CONCURRENT_MODIFICATION:
            return refusals.concurrent(request)
        case Fault.EXPIRED_TOKEN:
            return refusals.expired(request)
        case Fault.THROTTLED:
            return refusals.throttled(request)
        case _:
            return None


def _empty(answer: Answer, asked: bytes) -> None:
    """Remove the items from this page, and give it a NextToken for the same items."""
    page: dict[str, Any] = json.loads(answer.body)
    for name, value in page.items():
        if isinstance(value, list):
            page[name] = []
    # A token is the number of items before the page. A leading zero makes it another text: botocore raises
    # PaginationError for a token that it has received before.
    page["NextToken"] = "0" + (json.loads(asked).get("NextToken") or "0")
    answer.body = json.dumps(page).encode()
