"""What to do about a limit of AWS's that trying again does not lift: each with its number.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ConstraintViolationException.html
"""

from __future__ import annotations

from typing import Final

from bootstrap import facts

_QUOTA: Final = (
    f"the organization has as many accounts as its quota allows ({facts.ACCOUNTS_DEFAULT_MAX} by default; fewer in a "
    "new one, for an hour): ask for more under Service Quotas in us-east-1, then run again"
)
_ATTACHED: Final = ", ".join(
    f"{kind.max_attached} {name}" for name, kind in facts.POLICY_TYPES.items() if name.endswith("CONTROL_POLICY")
)
_POLICIES: Final = ", ".join(
    f"{kind.per_organization:,} {name}" for name, kind in facts.POLICY_TYPES.items() if name.endswith("CONTROL_POLICY")
)

HINTS: Final = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": _QUOTA,
    "ACCOUNT_LIMIT_EXCEEDED": _QUOTA,
    "OU_NUMBER_LIMIT_EXCEEDED": f"an organization has at most {facts.UNITS_MAX:,} units; AWS raises that for nobody",
    "OU_DEPTH_LIMIT_EXCEEDED": f"units go at most {facts.UNIT_DEPTH_MAX} levels below the root",
    "POLICY_NUMBER_LIMIT_EXCEEDED": f"an organization has at most {_POLICIES}",
    "POLICY_CONTENT_LIMIT_EXCEEDED": "split the guardrail in two: `org-bootstrap validate` tells each policy's size",
    "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": f"one target has at most {_ATTACHED}; those of others count, too",
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": f"AWS closes at most {facts.ACCOUNTS_CLOSED_MAX} accounts in 30 days: try then",
}
"""By the `Reason` of a ConstraintViolationException, or the FailureReason of a request for an account."""
