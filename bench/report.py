"""Tells what was measured, as Markdown, and what may be over its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Limit(NamedTuple):
    """The most that something may cost with so many developers' accounts."""

    developers: int
    name: str
    most: float
    of: Callable[[dict[str, Any]], float]

    def exceeded(self, size: dict[str, Any]) -> bool:
        return size["developers"] == self.developers and self.of(size) > self.most


def _command(name: str, field: str) -> Callable[[dict[str, Any]], float]:
    return lambda size: float(size["commands"][name][field])


LIMITS: Final = (
    Limit(1000, "calls of the live plan", 2_200, lambda size: sum(size["live_plan"]["calls"].values())),
    Limit(1000, "MiB of the live plan", 150, lambda size: float(size["live_plan"]["peak_memory_mib"])),
    Limit(1000, "CPU seconds of the plan from a snapshot", 2.5, _command("plan from a snapshot", "cpu_s")),
    Limit(1000, "MiB of the plan from a snapshot", 110, _command("plan from a snapshot", "peak_memory_mib")),
    Limit(1000, "seconds of validate", 2, _command("validate", "wall_s")),
    Limit(200, "seconds of the plan of a change to all", 3, _command("plan of a change to all", "wall_s")),
)


def told(found: dict[str, Any]) -> str:
    sizes = found["sizes"]
    return f"""# What org-bootstrap costs

Python {found["python"]} on {found["processors"]} processors, with a load of {found["load"]} at the beginning; seed \
{found["seed"]}. `--help` takes {found["start_up"]["cpu_s"]:.2f} s of CPU.

CPU time is user and system time, and memory the peak of the resident set, both of the command alone. Every account of
an environment has its baseline. Besides the developers' accounts there are two accounts of an application, two shared
ones and the management account.

# A live plan that finds nothing to do

Profile `real` at speed {found["speed"]:g}: AWS's published rates, 20 to 80 ms for each answer. The floor is the time
that AWS's token buckets allow for these calls, without any latency. Reading is from the first call to the last, and
the ratio that of reading to the floor.

{table(LIVE, [_live(size) for size in sizes])}
# Calls of the live plan by action

{table(["developers", *(size["developers"] for size in sizes)], _actions(sizes))}
# Other commands

On a profile `calm`, or without AWS.

{table(["developers", "command", "wall s", "CPU s", "MiB", "output bytes"], list(_commands(sizes)))}
# Limits

{table(["developers", "what", "limit", "measured", ""], list(_limits(sizes)))}"""


LIVE: Final = [
    "developers",
    "calls",
    "per account",
    "throttled",
    "wall s",
    "reading s",
    "floor s",
    "ratio",
    "CPU s",
    "MiB",
]


def _live(size: dict[str, Any]) -> list[Any]:
    plan = size["live_plan"]
    calls = sum(plan["calls"].values())
    times = [f"{plan[name]:.1f}" for name in ("wall_s", "reading_s", "floor_s", "ratio", "cpu_s")]
    each = f"{calls / size['accounts']:.2f}"
    return [size["developers"], calls, each, plan["throttled"], *times, plan["peak_memory_mib"]]


def _actions(sizes: list[dict[str, Any]]) -> list[list[Any]]:
    actions = sorted({action for size in sizes for action in size["live_plan"]["calls"]})
    return [[f"`{action}`", *(size["live_plan"]["calls"].get(action, 0) for size in sizes)] for action in actions]


def _commands(sizes: list[dict[str, Any]]) -> list[list[Any]]:
    rows = []
    for size in sizes:
        for name, cost in size["commands"].items():
            written = size["snapshot_bytes"] if name == "snapshot" else cost["output_bytes"]
            times = [f"{cost['wall_s']:.1f}", f"{cost['cpu_s']:.1f}"]
            rows.append([size["developers"], name, *times, cost["peak_memory_mib"], f"{written:,}"])
    return rows


def _limits(sizes: list[dict[str, Any]]) -> list[list[Any]]:
    return [
        [limit.developers, limit.name, limit.most, f"{limit.of(size):.1f}", "over" if limit.exceeded(size) else "ok"]
        for limit in LIMITS
        for size in sizes
        if size["developers"] == limit.developers
    ]


def table(head: list[Any], rows: list[list[Any]]) -> str:
    """In Markdown, with what is counted on the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)
