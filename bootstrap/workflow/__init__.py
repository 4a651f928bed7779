"""The commands as named stages: read, plan, apply."""

from __future__ import annotations

from bootstrap.workflow.apply import apply
from bootstrap.workflow.observe import Caller, caller, inspect
from bootstrap.workflow.plan import desire, plan, plan_destruction
from bootstrap.workflow.planned import Planned
from bootstrap.workflow.simulate import simulate
from bootstrap.workflow.snapshot import take_snapshot

__all__ = [
    "Caller",
    "Planned",
    "apply",
    "caller",
    "desire",
    "inspect",
    "plan",
    "plan_destruction",
    "simulate",
    "take_snapshot",
]
