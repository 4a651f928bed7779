"""A plan that finds nothing to do, on an AWS that throttles: its calls, its time, and the least time possible.

Measured is the reading of the organization: its accounts are shared ones, which have no baseline. The floor is the
time that AWS's own token buckets allow for these calls: of each bucket (calls - burst) / rate, and of these the
largest. Nothing is added for latency, nor for pages that can only be had one after the other.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from bootstrap import workflow
from bootstrap.aws.client import AwsClient
from bootstrap.aws.clock import Clock, WallClock
from bootstrap.aws.endpoint import AT_ONCE, Endpoint
from bootstrap.emulator.profile import read_profile
from bootstrap.engine.apply import Done
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator import Emulator

# What the client may add to what AWS's rates make unavoidable: its share of them, the latency of pages, its own work.
RATIO_MAX: Final = 1.25
REAL: Final = read_profile("real")
SCPS: Final = Path(__file__).parents[1] / "scps"
ORGANIZATION: Final = """
organization: {{name: bench, home_region: eu-west-1, allowed_regions: [eu-west-1]}}
organizational_units:
  Root: {{guardrails: [org.deny-leave, root.deny, roles.protect-org]}}
  Workloads: {{guardrails: [region.limit, trail.protect, guardduty.protect, s3.protect-bpa]}}
  Workloads/Empty: {{guardrails: [iam.deny-users, secrets.protect, kms.deny-deletion]}}
environments:
  developer: {{ou: Workloads/Empty}}
accounts:
{accounts}
"""
ACCOUNT: Final = "  a{0}: {{email: a{0}@example.com, owner: a{0}@example.com, ou: Workloads}}"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one plan. Its seconds are AWS's, whose time may go faster than ours."""

    calls: dict[str, int]
    """By action, as AWS counted those that it answered."""
    throttles: int
    retries: int
    wall_s: float
    floor_s: float
    ratio: float
    peak_memory_mib: int


def make(folder: Path, emulator: Emulator, accounts: int) -> None:
    """An organization of so many accounts, with ten of the library's guardrails on three OUs: its YAML in a
    folder, and all of it on a calm AWS.
    """
    (folder / "scps").symlink_to(SCPS, target_is_directory=True)
    (folder / "account_specs").mkdir()
    shared = "\n".join(ACCOUNT.format(number) for number in range(accounts))
    (folder / "account_specs" / "organization.yaml").write_text(ORGANIZATION.format(accounts=shared), "utf-8")
    want = workflow.desire(validate(folder), KINDS)
    made = workflow.apply(workflow.plan(want, KINDS, make_client(emulator.endpoint, AT_ONCE, Hurry())), KINDS)
    assert made.complete, [outcome for outcome in made.outcomes if not isinstance(outcome, Done)][:3]


def measure(folder: Path, emulator: Emulator, speed: float) -> Cost:
    """Plan what was made, on an AWS with AWS's rates and full buckets."""
    emulator.become(REAL.name, speed=speed)
    before = len(emulator.calls())
    # Where a program begins in the place of another one, Linux counts the other one's memory for its peak as well
    # (getrusage(2), ru_maxrss): started from here, that would be moto's. The fork server is small, and only forks.
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as process:
        seen = process.submit(plan, folder, emulator.endpoint, speed).result()
    answered = Counter(call.action for call in emulator.calls()[before:] if call.outcome != "throttled")
    see_it_throttle(emulator, speed)
    least = floor(answered)
    return Cost(
        calls=dict(sorted(answered.items())),
        throttles=seen.throttles,
        retries=seen.retries,
        wall_s=round(seen.wall_s, 1),
        floor_s=round(least, 1),
        ratio=round(seen.wall_s / least, 2),
        peak_memory_mib=seen.peak_memory_mib,
    )


class Seen(NamedTuple):
    """What the client itself knows."""

    wall_s: float
    throttles: int
    retries: int
    peak_memory_mib: int


def plan(folder: Path, endpoint: str, speed: float) -> Seen:
    """The client, in a process of its own: it shares neither processor nor memory with the AWS."""
    want = workflow.desire(validate(folder), KINDS)
    aws = make_client(endpoint, speed, WallClock(speed))
    began = aws.now()
    planned = workflow.plan(want, KINDS, aws)
    wall_s = aws.now() - began
    assert not planned.plan, "there was something to do"
    return Seen(wall_s, aws.metrics.throttles.total(), aws.metrics.retries, peak_memory_mib())


def peak_memory_mib() -> int:
    in_mib = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, everybody else KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // in_mib


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
    organizations: Any = botocore.session.get_session().create_client(
        "organizations",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
    began = time.monotonic()
    organizations.list_roots()
    took_s = (time.monotonic() - began) * speed
    assert took_s >= REAL.latency.least, f"AWS answers within {took_s:.3f} s"
    codes = []
    for _ in range(10):
        try:
            organizations.list_roots()
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert "TooManyRequestsException" in codes, "AWS throttles nobody"


class Hurry:
    """A clock that waits for nothing: for making what is then measured."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.001))


def make_client(endpoint: str, speed: float, clock: Clock) -> AwsClient:
    return AwsClient(
        Endpoint(endpoint, speed),
        access_role="OrganizationAccountAccessRole",
        home_region="eu-west-1",
        clock=clock,
    )
