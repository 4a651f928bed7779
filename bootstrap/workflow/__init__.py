"""The verbs as compositions: what is read, what is planned, what is applied, each in a few lines."""

from __future__ import annotations

from bootstrap.workflow.apply import apply
from bootstrap.workflow.observe import Caller, caller, inspect, look, observe, take_snapshot
from bootstrap.workflow.plan import desire, plan, plan_destruction
from bootstrap.workflow.planned import Planned
from bootstrap.workflow.simulate import rehearse

__all__ = [
    "Caller",
    "Planned",
    "apply",
    "caller",
    "desire",
    "inspect",
    "look",
    "observe",
    "plan",
    "plan_destruction",
    "rehearse",
    "take_snapshot",
]
