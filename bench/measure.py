"""A plan that finds nothing to do, on an AWS that throttles: its calls, its time, and the least time possible.

The floor is the time that AWS's own token buckets allow for these calls: of each bucket (calls - burst) / rate, and of
these the largest. Nothing is added for latency, nor for pages that can only be had one after the other.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.command import Run, run
from bootstrap.emulator.profile import read_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bootstrap.emulator import Emulator

# What the client may add to what AWS's rates make unavoidable: its share of them, the latency of pages, its own work.
RATIO_MAX: Final = 1.25
REAL: Final = read_profile("real")


@dataclass(frozen=True, slots=True)
class Cost(Run):
    """What one plan cost. `reading_s` and `floor_s` are seconds of AWS's time, which may go faster than ours."""

    calls: dict[str, int]
    """By action, as AWS counted those that it answered."""
    throttled: int
    reading_s: float
    """From the first call to the last."""
    floor_s: float

    @property
    def ratio(self) -> float:
        return self.reading_s / self.floor_s


def measure(folder: Path, emulator: Emulator, speed: float) -> Cost:
    """Plan what was made, on an AWS with AWS's rates and full buckets. Raise RuntimeError if there is a change."""
    emulator.become(REAL.name, speed=speed)
    before = len(emulator.calls())
    cost = run("plan", "--detailed-exitcode", "-C", folder, emulator=emulator)
    calls = emulator.calls()[before:]
    see_it_throttle(emulator, speed)
    outcomes = Counter((call.action, call.outcome == "throttled") for call in calls)
    answered = {action: number for (action, throttled), number in sorted(outcomes.items()) if not throttled}
    return Cost(
        **asdict(cost),
        calls=answered,
        throttled=outcomes.total() - sum(answered.values()),
        reading_s=max(call.at for call in calls) - min(call.at for call in calls),
        floor_s=floor(answered),
    )


def floor(calls: Mapping[str, int]) -> float:
    """The least seconds that AWS's buckets, full at the beginning, allow for these calls."""
    return max(
        (sum(calls.get(action, 0) for action in limit.actions) - rate.burst) / rate.per_second
        for limit in REAL.limits
        for rate in (limit.account, limit.organization)
        if rate is not None
    )


def see_it_throttle(emulator: Emulator, speed: float) -> None:
    """Ask faster than AWS allows: where it lets that happen, or answers at once, no figure means anything."""
    # STS lets all of these through; the quickest of them is as quick as the machine's other work lets it be.
    sts = _client(emulator, "sts")
    took_s = min(_seconds(sts.get_caller_identity) for _ in range(5)) * speed
    assert took_s >= REAL.latency.least, f"AWS answers within {took_s:.3f} s"
    organizations, codes = _client(emulator, "organizations"), []
    for _ in range(10):
        try:
            organizations.list_roots()
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert "TooManyRequestsException" in codes, "AWS throttles nobody"


def _seconds(ask: Callable[[], object]) -> float:
    began = time.monotonic()
    ask()
    return time.monotonic() - began


def _client(emulator: Emulator, service: str) -> Any:
    return botocore.session.get_session().create_client(
        service,
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
