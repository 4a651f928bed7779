"""CloudFormation with real effects: a deployment engine behind moto's API."""

from __future__ import annotations

from bootstrap.emulator.cloudformation import change_sets, stack_operations

__all__ = ["change_sets", "stack_operations"]
