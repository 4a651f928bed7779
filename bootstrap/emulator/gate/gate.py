"""The order of the gate, as on AWS: the time of the signature, the rate, then the operation itself."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from moto.organizations.models import organizations_backends

from bootstrap.emulator import options
from bootstrap.emulator.access_keys import account_of
from bootstrap.emulator.answer import Answer, Unanswered
from bootstrap.emulator.gate import pages, recorder, refusals, signature
from bootstrap.emulator.gate.buckets import Buckets
from bootstrap.emulator.gate.chance import Chance
from bootstrap.emulator.gate.faults import Fault, Faults, Planned
from bootstrap.emulator.gate.recorder import Call, Recorder
from bootstrap.emulator.gate.request import Request, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import RLock

    from _typeshed.wsgi import StartResponse

    from bootstrap.emulator.answer import Application
    from bootstrap.emulator.profile import Profile

SLOW_S: Final = 90.0  # botocore waits 60 s for an answer (botocore.endpoint, DEFAULT_TIMEOUT)
SKEW_S: Final = 3600.0
WINDOW_S: Final = 300.0  # five minutes, see `signature`
ERROR: Final = 400


class Gate:
    """A WSGI application in front of another one, which runs in one thread at a time: the one that holds the lock."""

    def __init__(self, application: Application, lock: RLock) -> None:
        self._application = application
        self._lock = lock
        self._session = _Session()

    def reset(self) -> None:
        """Start a new session with the current options. The caller holds the lock."""
        self._session = _Session()

    def state(self) -> State:
        """What a restored session continues from. The caller holds the lock."""
        return State(tuple(self.calls()), deepcopy(self._session.chance))

    def restore(self, state: State) -> None:
        """Continue from there, in a session that has just begun. The caller holds the lock."""
        for call in state.calls:
            self._session.recorder.record(call)
        self._session.chance = deepcopy(state.chance)

    def become(self, seed: int | None) -> None:
        """Continue the session with the current options. Randomness starts again if a seed is given."""
        self._session.become(options.CURRENT.profile, seed)

    def calls(self) -> list[Call]:
        return self._session.recorder.calls()

    def plan(self, planned: Planned) -> None:
        self._session.plan(planned)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Raise Unanswered if the connection is to break."""
        answer = self._answer(environ)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        session = self._session
        if environ["PATH_INFO"] == recorder.PATH:
            return session.recorder.answer()
        request = parse(environ)
        if request is None:
            return self._forward(session, environ)
        arrival = Arrival(request, session.account_of(request.key, self._lock), session.clock.now())
        fault, pause_s, refusal = session.decide(arrival)
        if pause_s:
            session.clock.sleep(pause_s)
        if refusal is not None:
            session.record(arrival, str(fault), refusal.code, effect=False)
            return refusal
        if fault is Fault.RESET_BEFORE:
            session.record(arrival, str(fault), 0, effect=False)
            raise Unanswered
        return self._carry_out(session, arrival, fault, environ)

    def _carry_out(self, session: _Session, arrival: Arrival, fault: Fault | None, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].getvalue() if fault is Fault.EMPTY_PAGE else b""
        with self._lock:  # until it is recorded: the record is in the order of the effects
            options.CURRENT.random.seed(session.chance.for_effect(arrival.identity))
            try:
                answer = self._forward(session, environ)
            except Exception as bug:
                session.record(arrival, type(bug).__name__, 500, effect=False)
                raise
            done = answer.code < ERROR
            if done:
                session.chance.record_effect(arrival.identity)
            if fault is Fault.EMPTY_PAGE and not done:
                fault = None
            outcome = str(fault) if fault else "ok" if done else refusals.code_in(answer)
            session.record(arrival, outcome, 0 if fault is Fault.RESET_AFTER else answer.code, effect=done)
        if fault is Fault.EMPTY_PAGE:
            pages.empty(answer, body)
        if fault is Fault.RESET_AFTER:
            raise Unanswered
        if fault is Fault.SLOW:
            session.clock.sleep(SLOW_S)
        return answer

    def _forward(self, session: _Session, environ: dict[str, Any]) -> Answer:
        with self._lock:
            if session is not self._session:
                raise Unanswered  # the call was made before a reset
            return Answer.of(self._application, environ)


class State(NamedTuple):
    calls: tuple[Call, ...]
    chance: Chance


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


class _Session:
    """The state between two resets. A call that began before a reset belongs to the old session."""

    def __init__(self) -> None:
        self.clock = options.CURRENT.clock
        self.recorder = Recorder()
        self.chance = Chance(options.CURRENT.seed)
        self._faults = Faults(options.CURRENT.profile.faults)
        self._accounts: dict[str, str] = {}
        self._lock = threading.Lock()
        self.become(options.CURRENT.profile, options.CURRENT.seed)

    def become(self, profile: Profile, seed: int | None) -> None:
        """Decide by this profile from the next call on, with full buckets."""
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
                self._accounts[key] = account_of(key)
        return self._accounts[key]

    def decide(self, arrival: Arrival) -> Decision:
        """Decide what happens to the call. A refusal for its signature or its rate has no latency and draws nothing."""
        request = arrival.request
        management, _ = organizations_backends.master_accounts.get(arrival.account, (arrival.account, ""))
        with self._lock:
            profile = self._profile
            if profile.signature_window_s:
                message = signature.skew_message(request.signed_at, profile.signature_window_s, profile.clock_ahead_s)
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
        request = arrival.request
        self.recorder.record(
            Call(request.action, arrival.account, request.region, request.write, arrival.at, outcome, status, effect)
        )


_REFUSALS: Final[dict[Fault, Callable[[Request], Answer]]] = {
    Fault.CONCURRENT_MODIFICATION: refusals.concurrent,
    Fault.EXPIRED_TOKEN: refusals.expired,
    Fault.THROTTLED: refusals.throttled,
}


def _refusal(fault: Fault | None, request: Request, *, unavailable: bool) -> Answer | None:
    if fault is Fault.SERVER_ERROR:
        return refusals.server_error(request, unavailable=unavailable)
    if fault is Fault.SKEWED_CLOCK:
        message = signature.skew_message(request.signed_at, WINDOW_S, SKEW_S)
        return refusals.skewed(request, message or "Signature expired")
    make = _REFUSALS.get(fault) if fault else None
    return make(request) if make else None
