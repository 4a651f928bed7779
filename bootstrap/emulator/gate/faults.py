"""Which call goes wrong, and how: by chance, as the profile has it, or because a test asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from bootstrap.emulator import profile
    from bootstrap.emulator.gate.request import Request


class Fault(StrEnum):
    SERVER_ERROR = "server_error"
    """500 or 503, before any effect: InternalFailure and ServiceUnavailable.

    https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html
    """
    RESET_BEFORE = "reset_before"
    """The connection breaks before any effect, as AWS's SDKs reckon with.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, transient errors
    """
    RESET_AFTER = "reset_after"
    """The connection breaks after the effect: the answer is lost, and the client cannot know what became of it.

    https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/
    """
    SLOW = "slow"
    """The effect takes place, and the answer comes when the client no longer waits for it.

    The same pages; how long that is: https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
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
    """By the limits of the profile, or asked for.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, throttling limits
    """
    SKEWED_CLOCK = "skewed_clock"
    """By the profile's clock, or asked for: AWS's clock is an hour ahead.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
    """


def can_strike(fault: Fault, request: Request) -> bool:
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
    """A fault that was asked for."""

    action: str
    fault: Fault
    times: int
    skip: int
    writes: bool
    struck: int = 0
    """How many calls it struck until now."""

    def meets(self, request: Request) -> bool:
        return (
            self.struck < self.times
            and fnmatchcase(request.action, self.action)
            and (request.write or not self.writes)
            and can_strike(self.fault, request)
        )


class Faults:
    """Not for two threads at once."""

    def __init__(self, shares: profile.Faults) -> None:
        self._planned: list[Planned] = []
        self.become(shares)

    def become(self, shares: profile.Faults) -> None:
        """Let chance be another one. What was asked for is still to come."""
        self._shares = [(fault, share) for fault in Fault if (share := getattr(shares, fault, 0))]

    def plan(self, planned: Planned) -> None:
        self._planned.append(planned)

    def pick(self, request: Request, random: Random) -> Fault | None:
        """What happens to this call. What was asked for comes before what chance says."""
        by_chance = self._by_chance(request, random) if self._shares else None
        return (self._as_planned(request) if self._planned else None) or by_chance

    def _by_chance(self, request: Request, random: Random) -> Fault | None:
        # One draw for all of them: each keeps its share, and a seed gives the same whatever may strike a call.
        drawn = random.random()
        for fault, share in self._shares:
            if drawn < share:
                return fault if can_strike(fault, request) else None
            drawn -= share
        return None

    def _as_planned(self, request: Request) -> Fault | None:
        found: Planned | None = None
        for planned in self._planned:
            if not planned.meets(request):
                continue
            if planned.skip:
                planned.skip -= 1  # each counts every call that it might have struck
            elif found is None:
                found = planned
        if found is None:
            return None
        found.struck += 1
        return found.fault
