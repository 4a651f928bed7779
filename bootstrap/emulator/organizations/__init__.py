"""Organizations, as AWS documents it, on the objects that moto keeps for it."""

from __future__ import annotations

from bootstrap.emulator.organizations import accounts, organization, policies, tags, units

__all__ = ["accounts", "organization", "policies", "tags", "units"]
