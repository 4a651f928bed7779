"""The policy types of AWS Organizations."""

from __future__ import annotations

from typing import Final

GUARDRAIL_TYPES: Final = frozenset({"SERVICE_CONTROL_POLICY"})
