"""Fault injection: at random by the shares of the profile, or as planned by a test."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bootstrap.emulator import profile
    from bootstrap.emulator.gate.request import Request


class Fault(StrEnum):
    SERVER_ERROR = "server_error"
    """500 or 503, before any effect: InternalFailure and ServiceUnavailable.

    https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html
    """
    RESET_BEFORE = "reset_before"
    """The connection breaks before any effect.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, transient errors
    """
    RESET_AFTER = "reset_after"
    """The connection breaks after the effect: the client does not learn the outcome.

    https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/
    """
    SLOW = "slow"
    """The call takes effect, and the answer comes after the client's read timeout.

    The same pages; the timeout: https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
    """
    CONCURRENT_MODIFICATION = "concurrent_modification"
    """Of writes to Organizations.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_MoveAccount.html, errors
    """
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 (a name)
    """Of calls with a session token.

    https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html, ExpiredTokenException
    """
    EMPTY_PAGE = "empty_page"
    """Of lists of Organizations, which "can occasionally return an empty set of results even when more results are
    available": https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    """
    THROTTLED = "throttled"
    """By the rate limits of the profile, or planned.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, throttling limits
    """
    SKEWED_CLOCK = "skewed_clock"
    """By the clock of the profile, or planned: AWS's clock is an hour ahead.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
    """


def applies_to(fault: Fault, request: Request) -> bool:
    match fault:
        case Fault.CONCURRENT_MODIFICATION:
            return request.service == "organizations" and request.write
        case Fault.EXPIRED_TOKEN:
            return request.session
        case Fault.EMPTY_PAGE:
            return request.service == "organizations" and request.operation.startswith("List")
        case _:
            return True


@dataclass(slots=True)
class Planned:
    """A fault that a test planned."""

    action: str
    fault: Fault
    times: int
    skip: int
    writes: bool
    struck: int = 0
    """How many calls it has struck."""

    def matches(self, request: Request) -> bool:
        return (
            self.struck < self.times
            and fnmatchcase(request.action, self.action)
            and (request.write or not self.writes)
            and applies_to(self.fault, request)
        )


class Faults:
    """Not thread-safe."""

    def __init__(self, shares: profile.Faults) -> None:
        self._planned: list[Planned] = []
        self.become(shares)

    def become(self, shares: profile.Faults) -> None:
        """Use other shares. Planned faults stay planned."""
        self._shares = [(fault, share) for fault in Fault if (share := getattr(shares, fault, 0))]

    def plan(self, planned: Planned) -> None:
        self._planned.append(planned)

    def pick(self, request: Request, random: Random) -> Fault | None:
        """The fault of this call, if any. A planned fault has priority over a random one."""
        by_chance = self._by_chance(request, random) if self._shares else None
        return (self._as_planned(request) if self._planned else None) or by_chance

    def _by_chance(self, request: Request, random: Random) -> Fault | None:
        # One draw for all faults: each keeps its share, and the number of draws does not depend on the faults.
        drawn = random.random()
        for fault, share in self._shares:
            if drawn < share:
                return fault if applies_to(fault, request) else None
            drawn -= share
        return None

    def _as_planned(self, request: Request) -> Fault | None:
        found: Planned | None = None
        for planned in self._planned:
            if not planned.matches(request):
                continue
            if planned.skip:
                planned.skip -= 1  # every planned fault counts every call that it matches
            elif found is None:
                found = planned
        if found is None:
            return None
        found.struck += 1
        return found.fault


class Chance:
    """Seeded randomness for each call, independent of time and threads. Not thread-safe.

    Threads interleave differently in each run. So each call has a random source of its own, seeded by its account, its
    parameters and how often it was made before.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._done: Counter[str] = Counter()

    def become(self, seed: int) -> None:
        """Start again from this seed. Effects stay counted, so that no id is given twice."""
        self._seed = seed
        self._asked.clear()

    def for_attempt(self, identity: str) -> Random:
        """The source for latency and faults of one attempt: a retry of the same call has another one."""
        self._asked[identity] += 1
        return Random(f"{self._seed} asked {self._asked[identity]} {identity}")  # noqa: S311 (chance, not a secret)

    def for_effect(self, identity: str) -> str:
        """The seed for ids and delays of the next effect of a call. The number of failed attempts, which timing
        decides, has no influence on it.
        """
        return f"{self._seed} done {self._done[identity]} {identity}"

    def record_effect(self, identity: str) -> None:
        """Count an effect, so that the next equal call has another seed."""
        self._done[identity] += 1
