"""The way of a call through the gate, in AWS's order: who asks and when, how often, and only then what for."""

from __future__ import annotations

import threading
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
from bootstrap.emulator.gate.request import Request, recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import RLock

    from _typeshed.wsgi import StartResponse

    from bootstrap.emulator.answer import Application
    from bootstrap.emulator.profile import Profile

SLOW_S: Final = 90.0  # botocore waits 60 s for an answer (botocore.endpoint, DEFAULT_TIMEOUT)
SKEW_S: Final = 3600.0
WINDOW_S: Final = 300.0  # see signature
ERROR: Final = 400


class Gate:
    """A WSGI application in front of another one, which is asked by one thread at a time: who holds the lock."""

    def __init__(self, application: Application, lock: RLock) -> None:
        self._application = application
        self._lock = lock
        self._visit = _Visit()

    def reset(self) -> None:
        """Forget what was seen and asked for, and begin anew with the current options. The lock must be held."""
        self._visit = _Visit()

    def become(self, seed: int | None) -> None:
        """Go on as the current options say, with what was seen and asked for until now; chance begins anew if a seed
        is given.
        """
        self._visit.become(options.CURRENT.profile, seed)

    def calls(self) -> list[Call]:
        return self._visit.recorder.calls()

    def plan(self, planned: Planned) -> None:
        self._visit.plan(planned)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Raise Unanswered where the connection is to break."""
        answer = self._answer(environ)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        visit = self._visit
        if environ["PATH_INFO"] == recorder.PATH:
            return visit.recorder.answer()
        request = recognise(environ)
        if request is None:
            return self._carry_out(visit, environ)
        arrival = Arrival(request, visit.account_of(request.key, self._lock), visit.clock.now())
        fault, pause_s, refusal = visit.decide(arrival)
        if pause_s:
            visit.clock.sleep(pause_s)
        if refusal is not None:
            visit.note(arrival, str(fault), refusal.code, effect=False)
            return refusal
        if fault is Fault.RESET_BEFORE:
            visit.note(arrival, str(fault), 0, effect=False)
            raise Unanswered
        return self._let_through(visit, arrival, fault, environ)

    def _let_through(self, visit: _Visit, arrival: Arrival, fault: Fault | None, environ: dict[str, Any]) -> Answer:
        asked = environ["wsgi.input"].getvalue() if fault is Fault.EMPTY_PAGE else b""
        with self._lock:  # until it is noted: the record is in the order of the effects
            options.CURRENT.random.seed(visit.chance.of_doing(arrival.what))
            try:
                answer = self._carry_out(visit, environ)
            except Exception as bug:
                visit.note(arrival, type(bug).__name__, 500, effect=False)
                raise
            done = answer.code < ERROR
            if done:
                visit.chance.done(arrival.what)
            if fault is Fault.EMPTY_PAGE and not done:
                fault = None
            outcome = str(fault) if fault else "ok" if done else refusals.code_in(answer)
            visit.note(arrival, outcome, 0 if fault is Fault.RESET_AFTER else answer.code, effect=done)
        if fault is Fault.EMPTY_PAGE:
            pages.emptied(answer, asked)
        if fault is Fault.RESET_AFTER:
            raise Unanswered
        if fault is Fault.SLOW:
            visit.clock.sleep(SLOW_S)
        return answer

    def _carry_out(self, visit: _Visit, environ: dict[str, Any]) -> Answer:
        with self._lock:
            if visit is not self._visit:
                raise Unanswered  # it was asked of an AWS that is gone
            return Answer.of(self._application, environ)


class Arrival(NamedTuple):
    request: Request
    account: str
    at: float

    @property
    def what(self) -> str:
        """Who asks for what, where."""
        return f"{self.account} {self.request.region} {self.request.action} {self.request.what}"


class Fate(NamedTuple):
    fault: Fault | None
    pause_s: float
    refusal: Answer | None


class _Visit:
    """What lasts from one reset to the next, and dies with it. A call that began before belongs to the old one."""

    def __init__(self) -> None:
        self.clock = options.CURRENT.clock
        self.recorder = Recorder()
        self.chance = Chance(options.CURRENT.seed)
        self._faults = Faults(options.CURRENT.profile.faults)
        self._accounts: dict[str, str] = {}
        self._turn = threading.Lock()
        self.become(options.CURRENT.profile, options.CURRENT.seed)

    def become(self, profile: Profile, seed: int | None) -> None:
        """Decide so from the next call on. The buckets are full then."""
        with self._turn:
            self._profile = profile
            self._buckets = Buckets(profile.limits)
            self._faults.become(profile.faults)
            if seed is not None:
                self.chance.become(seed)

    def plan(self, planned: Planned) -> None:
        with self._turn:
            self._faults.plan(planned)

    def account_of(self, key: str, lock: RLock) -> str:
        """Whose key it is, which never changes. The search goes through what other calls write to."""
        if key not in self._accounts:
            with lock:
                self._accounts[key] = account_of(key)
        return self._accounts[key]

    def decide(self, arrival: Arrival) -> Fate:
        """What happens to the call. What AWS refuses at the door costs it no time, and chance is not asked."""
        request = arrival.request
        management, _ = organizations_backends.master_accounts.get(arrival.account, (arrival.account, ""))
        with self._turn:
            profile = self._profile
            if profile.signature_window_s:
                message = signature.complaint(request.signed_at, profile.signature_window_s, profile.clock_ahead_s)
                if message is not None:
                    return Fate(Fault.SKEWED_CLOCK, 0, refusals.skewed(request, message))
            if not self._buckets.take(request.action, arrival.account, management, arrival.at):
                return Fate(Fault.THROTTLED, 0, refusals.throttled(request))
            random = self.chance.of_asking(arrival.what)
            fault = self._faults.pick(request, random)
            pause_s = profile.latency.pick(random)
            unavailable = fault is Fault.SERVER_ERROR and random.random() < 0.5  # noqa: PLR2004 (one of two)
        return Fate(fault, pause_s, _refusal(fault, request, unavailable=unavailable))

    def note(self, arrival: Arrival, outcome: str, status: int, *, effect: bool) -> None:
        request = arrival.request
        self.recorder.note(
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
        message = signature.complaint(request.signed_at, WINDOW_S, SKEW_S)
        return refusals.skewed(request, message or "Signature expired")
    make = _REFUSALS.get(fault) if fault else None
    return make(request) if make else None
