"""The verbs as compositions: what is read, what is planned, what is applied, each in a few lines."""

from __future__ import annotations

from bootstrap.workflow.applying import apply
from bootstrap.workflow.observing import Caller, caller, inspect, look, observe, take_snapshot
from bootstrap.workflow.planned import Planned
from bootstrap.workflow.planning import desire, plan, plan_destruction
from bootstrap.workflow.rehearsing import rehearse

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
