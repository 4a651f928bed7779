"""A plan as a JSON file, for review, comparison and `apply FILE`. The same plan gives the same bytes.

Bodies hold references (`${account:tooling}`) in place of AWS ids, and never a secret's value.
"""

from __future__ import annotations

from bootstrap.planfile.digest import as_typed, command_to_apply, digest, fingerprint, fingerprint_of
from bootstrap.planfile.file import describe, read, reason, text
from bootstrap.planfile.schema import BlockerEntry, ChangeEntry, Name, Noted, PlanFile

__all__ = [
    "BlockerEntry",
    "ChangeEntry",
    "Name",
    "Noted",
    "PlanFile",
    "as_typed",
    "command_to_apply",
    "describe",
    "digest",
    "fingerprint",
    "fingerprint_of",
    "read",
    "reason",
    "text",
]
