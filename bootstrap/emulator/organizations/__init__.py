"""Organizations, as AWS documents it, on the objects that moto keeps for it."""

from __future__ import annotations

from bootstrap.emulator.organizations import accounts, organization, organizational_units, policies, tags

__all__ = ["accounts", "organization", "organizational_units", "policies", "tags"]
