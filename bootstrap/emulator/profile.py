"""How an AWS behaves: a profile says how fast it answers, how long things take, what goes wrong how often.

The three that there are lie beside this file in `profiles/`: beside each number stands its source, or that it is a
guess.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bootstrap.emulator.requests import account_failure, resource_failure, rollback_failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from bootstrap.emulator.requests import Failure

FOLDER: Final = Path(__file__).with_name("profiles")
NAMES: Final = ("calm", "real", "storm")


class Span(NamedTuple):
    """Seconds between two bounds."""

    least: float = 0.0
    most: float = 0.0

    def pick(self, random: Random) -> float:
        return random.uniform(self.least, self.most)


AT_ONCE: Final = Span()


class Rate(NamedTuple):
    """A token bucket: so many calls a second, and so many at once after a pause."""

    per_second: float
    burst: float


class Limit(NamedTuple):
    """The buckets that the actions of one row of AWS's table share (`service.Operation` each)."""

    actions: tuple[str, ...]
    account: Rate | None = None
    organization: Rate | None = None


@dataclass(frozen=True)
class Delays:
    """How long AWS takes for what it does in its own time, in seconds."""

    account_creation: Span = AT_ONCE
    account_usable: Span = AT_ONCE
    """After its creation has SUCCEEDED: PENDING_ACTIVATION, no entering, then services that refuse."""
    account_closing: Span = AT_ONCE
    organization_finalizing: Span = AT_ONCE
    policy_type: Span = AT_ONCE
    iam_propagation: Span = AT_ONCE
    stack: Span = AT_ONCE
    """For each deployment or deletion of a stack."""
    change_set: Span = AT_ONCE


@dataclass(frozen=True)
class Faults:
    """The share of calls, from 0 to 1, that go wrong in each way."""

    server_error: float = 0.0
    """500 and 503, before any effect."""
    reset_before: float = 0.0
    """The connection breaks before any effect."""
    reset_after: float = 0.0
    """The connection breaks after the effect: the answer is lost."""
    slow: float = 0.0
    """The answer comes after the client has stopped waiting for it."""
    concurrent_modification: float = 0.0
    """ConcurrentModificationException, of writes to Organizations."""
    expired_token: float = 0.0
    """ExpiredTokenException, of calls with a role's session."""
    empty_page: float = 0.0
    """A page without an item that has a next one, of lists of Organizations."""


@dataclass(frozen=True)
class Profile:
    """One way for an AWS to be. The default is calm: it answers at once, and refuses nothing but what is wrong."""

    name: str = "calm"
    latency: Span = AT_ONCE
    delays: Delays = field(default_factory=Delays)
    limits: tuple[Limit, ...] = ()
    faults: Faults = field(default_factory=Faults)
    signature_window_s: float = 0.0
    """How far the time of a signature may be from AWS's; 0 for any time."""
    clock_ahead_s: float = 0.0
    """How far AWS's clock is ahead of the client's, which is as far behind then."""
    account_quota: int = 0
    """How many accounts an organization may have; 0 for any number."""
    accounts_in_creation: int = 0
    """How many requests may be in progress at once; 0 for any number."""
    paths: bool = True
    """Whether Organizations answers with `Account.Paths`, `Account.State` and `OrganizationalUnit.Path`,
    which only newer endpoints do (botocore 1.42.80 has them)."""
    tagging: bool = True
    """Whether there is a Resource Groups Tagging API."""
    account_failures: tuple[Failure, ...] = ()
    resource_failures: tuple[Failure, ...] = ()
    rollback_failures: tuple[Failure, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All that is asked to go wrong from the beginning."""
        return self.account_failures + self.resource_failures + self.rollback_failures


def read_profile(name: str) -> Profile:
    """A profile by its name, or a file of the same form. Raises ValueError for anything else."""
    path = FOLDER / f"{name}.toml" if name in NAMES else Path(name)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{name} is neither one of {', '.join(NAMES)} nor a file that can be read: {error}"
        raise ValueError(message) from error
    try:
        return _profile(path.stem, **raw)
    except (TypeError, KeyError, ValueError) as error:  # of what is called with what the file has
        message = f"{path} is not a profile: {error}"
        raise ValueError(message) from error


def _profile(name: str, **raw: Any) -> Profile:
    return Profile(
        name=name,
        latency=Span(*raw.pop("latency_s", (0, 0))),
        delays=Delays(**{key: Span(*value) for key, value in raw.pop("delays_s", {}).items()}),
        limits=tuple(_limit(limit) for limit in raw.pop("limits", ())),
        faults=Faults(**raw.pop("faults", {})),
        account_failures=tuple(account_failure(**each) for each in raw.pop("account_failures", ())),
        resource_failures=tuple(resource_failure(**each) for each in raw.pop("resource_failures", ())),
        rollback_failures=tuple(rollback_failure(**each) for each in raw.pop("rollback_failures", ())),
        **raw,
    )


def _limit(raw: Mapping[str, Any]) -> Limit:
    return Limit(
        tuple(raw["actions"]),
        Rate(*raw["account"]) if "account" in raw else None,
        Rate(*raw["organization"]) if "organization" in raw else None,
    )
