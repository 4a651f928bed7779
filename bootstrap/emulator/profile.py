"""Profiles: the rates, delays, latency and faults of an emulated AWS.

`profiles/` has three. Each number in them has its source beside it, or says that it is a guess.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bootstrap.emulator.failures import account_failure, resource_failure, rollback_failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from bootstrap.emulator.failures import Failure

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
    """A token bucket: its refill a second, and its size."""

    per_second: float
    burst: float


class Limit(NamedTuple):
    """The buckets that the actions (`service.Operation`) of one row of AWS's table share."""

    actions: tuple[str, ...]
    account: Rate | None = None
    organization: Rate | None = None


@dataclass(frozen=True)
class Delays:
    """The duration of each asynchronous operation, in seconds."""

    account_creation: Span = AT_ONCE
    account_usable: Span = AT_ONCE
    """How long a new account is PENDING_ACTIVATION. AssumeRole fails for half of it, its services for all of it."""
    account_closing: Span = AT_ONCE
    organization_finalizing: Span = AT_ONCE
    policy_type: Span = AT_ONCE
    iam_propagation: Span = AT_ONCE
    stack: Span = AT_ONCE
    """Of each deployment or deletion of a stack."""
    change_set: Span = AT_ONCE


@dataclass(frozen=True)
class Faults:
    """The share of calls, from 0 to 1, that each fault strikes; see `gate.faults.Fault`."""

    server_error: float = 0.0
    reset_before: float = 0.0
    reset_after: float = 0.0
    slow: float = 0.0
    concurrent_modification: float = 0.0
    expired_token: float = 0.0
    empty_page: float = 0.0


@dataclass(frozen=True)
class Profile:
    """The behaviour of an emulated AWS. The default is calm: no delays, no rate limits, no faults."""

    name: str = "calm"
    latency: Span = AT_ONCE
    delays: Delays = field(default_factory=Delays)
    limits: tuple[Limit, ...] = ()
    faults: Faults = field(default_factory=Faults)
    signature_window_s: float = 0.0
    """How far the time of a signature may differ from AWS's clock; 0 for any difference."""
    clock_ahead_s: float = 0.0
    """How far AWS's clock is ahead of the client's."""
    account_quota: int = 0
    """The most accounts in the organization; 0 for any number."""
    accounts_in_creation: int = 0
    """The most CreateAccount requests in progress; 0 for any number."""
    paths: bool = True
    """Whether Organizations answers `Account.Paths`, `Account.State` and `OrganizationalUnit.Path`, as newer endpoints
    do (botocore 1.42.80 has them)."""
    tagging: bool = True
    """Whether there is a Resource Groups Tagging API."""
    failures: tuple[Failure, ...] = ()
    """Those that are planned from the start."""


def read_profile(name: str) -> Profile:
    """Read a profile by its name or its path. Raises ValueError if it does not exist or is not valid."""
    path = FOLDER / f"{name}.toml" if name in NAMES else Path(name)
    try:
        raw = _read(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"the profile {name} is none of {', '.join(NAMES)}, and no readable file: {error}") from error
    try:
        return _profile(path.stem, **raw)
    except (TypeError, KeyError, ValueError) as error:  # from the constructors, for a wrong key or value
        raise ValueError(f"{path} is not a valid profile: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    """The content of a file, on top of that of the profile that it names as its `base`."""
    raw = tomllib.loads(path.read_text("utf-8"))
    if (base := raw.pop("base", None)) is None:
        return raw
    if base not in NAMES:
        raise ValueError(f"its base {base} is none of {', '.join(NAMES)}")
    below = _read(FOLDER / f"{base}.toml")
    tables = {key: {**below.get(key, {}), **value} for key, value in raw.items() if isinstance(value, dict)}
    return {**below, **raw, **tables}


def _profile(name: str, **raw: Any) -> Profile:
    return Profile(
        name=name,
        latency=Span(*raw.pop("latency_s", (0, 0))),
        delays=Delays(**{key: Span(*value) for key, value in raw.pop("delays_s", {}).items()}),
        limits=tuple(_limit(limit) for limit in raw.pop("limits", ())),
        faults=Faults(**raw.pop("faults", {})),
        failures=(
            *(account_failure(**each) for each in raw.pop("account_failures", ())),
            *(resource_failure(**each) for each in raw.pop("resource_failures", ())),
            *(rollback_failure(**each) for each in raw.pop("rollback_failures", ())),
        ),
        **raw,
    )


def _limit(raw: Mapping[str, Any]) -> Limit:
    return Limit(
        tuple(raw["actions"]),
        Rate(*raw["account"]) if "account" in raw else None,
        Rate(*raw["organization"]) if "organization" in raw else None,
    )
