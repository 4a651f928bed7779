"""What a plan that finds nothing to do costs, on an AWS with AWS's rates: calls, time, and the least time possible.

    python bench/run.py [--accounts 50,200,1000,5000] [--speed 2] [--seed 0]

Each organization is made on a calm embedded AWS, which then becomes a real one (profile `real`). Measured is the
reading of the organization: its accounts are shared ones, which have no baseline. The floor is the time that AWS's
own token buckets allow for these calls: of each bucket (calls - burst) / rate, and of these the largest.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bootstrap import facts, workflow
from bootstrap.apply import Done
from bootstrap.aws.clock import Clock, WallClock
from bootstrap.aws.door import Aws
from bootstrap.aws.endpoint import AT_ONCE, Endpoint
from bootstrap.aws.retry import Pace
from bootstrap.kinds import KINDS
from bootstrap.sandbox import Sandbox, options
from bootstrap.sandbox.clock import Clock as SandboxClock
from bootstrap.sandbox.profile import read_profile
from bootstrap.validation import validate

HERE = Path(__file__).parent
SCPS = HERE.parent / "scps"
# What the client may add to what AWS's rates make unavoidable: its share of them, the latency of pages.
RATIO_MAX = 1.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", default="50,200,1000,5000")
    parser.add_argument("--speed", type=float, default=2.0, help="how fast the embedded AWS's time goes")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    rows = [measure(int(count), chosen.speed, chosen.seed) for count in chosen.accounts.split(",")]
    found = {
        "python": platform.python_version(),
        "seed": chosen.seed,
        "speed": chosen.speed,
        "start_up_s": start_up(),
        "plans": rows,
    }
    (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    (HERE / "results.md").write_text(table(found), "utf-8")
    print(table(found))
    if slow := [row["accounts"] for row in rows if row["ratio"] > RATIO_MAX]:
        sys.exit(f"over {RATIO_MAX} times the floor: {slow} accounts")


def measure(accounts: int, speed: float, seed: int) -> dict[str, Any]:
    """One organization: made, planned again with nothing to do, and its cost."""
    print(f"{accounts} accounts …", file=sys.stderr)
    with TemporaryDirectory() as folder, Sandbox(seed=seed) as sandbox:
        write(Path(folder), accounts)
        spec = validate(Path(folder))
        want = workflow.desire(spec, KINDS)
        made = workflow.apply(workflow.plan(want, KINDS, door(sandbox, Hurry())), KINDS)
        assert made.complete, [outcome for outcome in made.outcomes if not isinstance(outcome, Done)][:3]
        options.CURRENT.profile, options.CURRENT.clock = read_profile("real"), SandboxClock(speed)
        aws = door(sandbox, WallClock(speed), speed)
        began = time.monotonic()
        planned = workflow.plan(want, KINDS, aws)
        wall = (time.monotonic() - began) * speed
        assert not planned.plan
    calls = dict(sorted(aws.spent.calls.items()))
    least = floor(calls)
    return {
        "accounts": accounts,
        "calls": calls,
        "throttles": aws.spent.throttles.total(),
        "retries": aws.spent.retries,
        "wall_s": round(wall, 1),
        "floor_s": round(least, 1),
        "ratio": round(wall / least, 2) if least else None,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def write(folder: Path, accounts: int) -> None:
    """An organization of shared accounts, with the library's guardrails on two units."""
    (folder / "scps").symlink_to(SCPS, target_is_directory=True)
    (folder / "account_specs").mkdir()
    shared = "\n".join(
        f"  a{number}: {{email: a{number}@example.com, owner: a{number}@example.com, unit: Workloads}}"
        for number in range(accounts)
    )
    (folder / "account_specs" / "organization.yaml").write_text(
        f"""
organization: {{name: bench, home_region: eu-west-1, allowed_regions: [eu-west-1]}}
units:
  Root: {{guardrails: [org.deny-leave, root.deny, roles.protect-org]}}
  Workloads: {{guardrails: [region.limit, trail.protect, guardduty.protect, s3.protect-bpa]}}
  Workloads/Empty: {{guardrails: [iam.deny-users, secrets.protect, kms.deny-deletion]}}
environments:
  developer: {{unit: Workloads/Empty}}
accounts:
{shared}
""",
        "utf-8",
    )


class Hurry:
    """A clock that waits for nothing: for making what is then measured."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.001))


def door(sandbox: Sandbox, clock: Clock, speed: float = AT_ONCE) -> Aws:
    endpoint = Endpoint(sandbox.endpoint, speed)
    return Aws(endpoint, access_role="OrganizationAccountAccessRole", home_region="eu-west-1", pace=Pace(clock))


def floor(calls: dict[str, int]) -> float:
    """The least seconds that AWS's buckets allow for these calls."""
    spent = [(rate, sum(calls.get(action, 0) for action in rate.actions)) for rate in facts.RATES]
    return max((count - rate.burst) / rate.per_second for rate, count in spent)


def start_up() -> float:
    """The best of five times that `--help` takes, in seconds."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "bootstrap", "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - began)
    return round(min(times), 3)


def table(found: dict[str, Any]) -> str:
    lines = [
        f"Python {found['python']}, seed {found['seed']}, `--help` in {found['start_up_s']} s.",
        "",
        "| accounts | calls | throttled | wall s | floor s | ratio | peak MiB (tool and AWS together) |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['accounts']} | {sum(row['calls'].values())} | {row['throttles']} | {row['wall_s']} "
        f"| {row['floor_s']} | {row['ratio']} | {row['peak_memory_mib']} |"
        for row in found["plans"]
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
