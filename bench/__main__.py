"""What a plan that finds nothing to do costs, on an AWS with AWS's rates, for organizations small and large.

    python -m bench [--accounts 50,200,1000,5000] [--speed 1] [--seed 0]

Writes a table and JSON beside this file, and fails where a large organization takes longer than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.measure import RATIO_MAX, make, measure
from bootstrap.emulator import Emulator

HERE: Final = Path(__file__).parent
# What is smaller is read within a few seconds: there, latency and the client's start weigh more than the rates.
LARGE: Final = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", default="50,200,1000,5000")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the embedded AWS's time goes")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    found = {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "seed": chosen.seed,
        "speed": chosen.speed,
        "start_up_s": start_up(),
        "plans": [row(int(accounts), chosen.speed, chosen.seed) for accounts in chosen.accounts.split(",")],
    }
    (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    (HERE / "results.md").write_text(told(found), "utf-8")
    print(told(found))
    if slow := [row["accounts"] for row in found["plans"] if row["accounts"] >= LARGE and row["ratio"] > RATIO_MAX]:
        sys.exit(f"over {RATIO_MAX} times the floor: {slow} accounts")


def row(accounts: int, speed: float, seed: int) -> dict[str, Any]:
    print(f"{accounts} accounts …", file=sys.stderr)
    with TemporaryDirectory() as folder, Emulator(seed=seed) as emulator:
        make(Path(folder), emulator, accounts)
        return {"accounts": accounts, **asdict(measure(Path(folder), emulator, speed))}


def start_up() -> float:
    """The best of five times that `--help` takes, in seconds."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "bootstrap", "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - began)
    return round(min(times), 3)


def told(found: dict[str, Any]) -> str:
    """The same for people to read."""
    plans = found["plans"]
    actions = sorted({action for plan in plans for action in plan["calls"]})
    costs = [
        [plan["accounts"], sum(plan["calls"].values()), *(plan[name] for name in list(plan)[2:])] for plan in plans
    ]
    return f"""# What a plan costs that finds nothing to do

Profile `real`, seed {found["seed"]}, speed {found["speed"]:g}; Python {found["python"]} on {found["processors"]} \
processors, with a load of {found["load"]} at the beginning. `--help` takes {found["start_up_s"]} s.

{table(["accounts", "calls", "throttled", "tried again", "wall s", "floor s", "ratio", "peak MiB"], costs)}
The floor is the time that AWS's token buckets allow for these calls, without any latency. From {LARGE:,} accounts on
the ratio may be {RATIO_MAX} at most; below, the rates ask for so few seconds that the latency of pages that wait for
each other, and the start of the client, weigh more. The peak is that of the client alone.

# Calls by action

{
        table(
            ["accounts", *(plan["accounts"] for plan in plans)],
            [[f"`{action}`", *(plan["calls"].get(action, 0) for plan in plans)] for action in actions],
        )
    }"""


def table(head: list[Any], rows: list[list[Any]]) -> str:
    """In Markdown, with what is counted on the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    main()
