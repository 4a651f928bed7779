"""CloudFormation with real effects: a deployment engine behind moto's API."""

from __future__ import annotations

from bootstrap.emulator.cloudformation import change_set_operations, stack_operations

__all__ = ["change_set_operations", "stack_operations"]
