"""CloudFormation with real effects: an engine of our own behind moto's API."""

from __future__ import annotations

from bootstrap.emulator.cloudformation import operations

__all__ = ["operations"]
