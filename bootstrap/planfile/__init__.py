"""A plan as a file: what it says in full, to be read, compared, kept, and held against the apply.

The same plan gives the same bytes. Bodies hold references (`${account:tooling}`) where AWS has ids, and templates
and names where it has secrets, so that neither an id that is not known yet nor any secret value is in it.
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
