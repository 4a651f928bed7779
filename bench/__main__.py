"""What org-bootstrap costs in organizations small and large, each account with its converged baseline.

    python -m bench [--developers 50,200,1000] [--speed 1] [--seed 0]

Writes a table and JSON beside this file, and fails where something costs more than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.command import run
from bench.measure import measure
from bench.organization import add_developers, begin, make_developers
from bench.report import LIMITS, told
from bootstrap.emulator import Emulator

HERE: Final = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--developers", default="50,200,1000")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the emulator's time goes for the live plan")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    found = {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "seed": chosen.seed,
        "speed": chosen.speed,
        "start_up": asdict(min((run("--help") for _ in range(5)), key=lambda each: each.cpu_s)),
        "sizes": [size(int(developers), chosen.speed, chosen.seed) for developers in chosen.developers.split(",")],
    }
    (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    (HERE / "results.md").write_text(told(found), "utf-8")
    print(told(found))
    over = [limit.name for limit in LIMITS for each in found["sizes"] if limit.exceeded(each)]
    if over:
        sys.exit(f"over its limit: {', '.join(over)}")


def size(developers: int, speed: float, seed: int) -> dict[str, Any]:
    """Everything that is measured with so many developers' accounts."""
    print(f"{developers} developers …", file=sys.stderr)
    with TemporaryDirectory() as parent, Emulator(seed=seed) as emulator:
        folder, before, after = (Path(parent) / name for name in ("organization", "before.json", "after.json"))
        begin(folder, emulator)
        run("snapshot", "--out", before, "-C", folder, emulator=emulator)
        add_developers(folder, developers)
        found = {
            "validate": run("validate", "-C", folder),
            "plan of new accounts, as JSON": run(
                "plan", "--format", "json", "--snapshot", before, "-C", folder, may_be_blocked=True
            ),
        }
        make_developers(folder, emulator, developers)
        found["snapshot"] = run("snapshot", "--out", after, "-C", folder, emulator=emulator)
        found["plan from a snapshot"] = run("plan", "--detailed-exitcode", "--snapshot", after, "-C", folder)
        organization = folder / "account_specs" / "organization.yaml"
        text = organization.read_text("utf-8")
        organization.write_text(text.replace("monthly_usd: 50,", "monthly_usd: 60,"), "utf-8")
        found["plan of a change to all"] = run("plan", "-C", folder, emulator=emulator, may_be_blocked=True)
        organization.write_text(text, "utf-8")
        live = measure(folder, emulator, speed)
        return {
            "developers": developers,
            "accounts": developers + 5,  # with those of the example, and the management account
            "live_plan": {**asdict(live), "ratio": live.ratio},
            "commands": {name: asdict(each) for name, each in found.items()},
            "snapshot_bytes": after.stat().st_size,
        }


if __name__ == "__main__":
    main()
