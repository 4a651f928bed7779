"""Organizations as AWS documents it, on moto's objects."""

from __future__ import annotations

from bootstrap.emulator.organizations import accounts, organization, organizational_units, policies, tags

__all__ = ["accounts", "organization", "organizational_units", "policies", "tags"]
