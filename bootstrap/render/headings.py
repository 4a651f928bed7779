"""The headings and fixed sentences that every format of a plan uses."""

from __future__ import annotations

from typing import Final

BLOCKED: Final = "Blocked"
APPROVED: Final = "Approved"
APPROVE_WITH: Final = "approve with"
APPROVED_WITH: Final = "approved with"
NOT_OVERRIDABLE: Final = "Cannot be overridden with --approve"
REVIEW_CAREFULLY: Final = "Review carefully: deletions and permission changes"
INACCESSIBLE: Final = "Inaccessible (planned as absent)"
DRIFT: Final = "Drift: changed outside org-bootstrap, reverted by this plan"
RETAINED: Final = "Managed, removed from the YAML, retained"
RETAINED_NOTE: Final = (
    "Deleting a line never deletes the resource. To close an account, restore its line with `state: closed`."
)
UNMANAGED: Final = "Unmanaged (ignored)"
TO_APPLY: Final = "To apply exactly this plan"
