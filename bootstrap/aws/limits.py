"""The limits of AWS's that trying again does not lift: each with its number, and what to do about it.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ConstraintViolationException.html
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final, NamedTuple

from bootstrap import facts


class Limit(NamedTuple):
    """`number` is what AWS allows, and `advice` the hint."""

    number: str
    advice: str = ""

    def added_to(self, message: str) -> str:
        return f"{message} (AWS's limit: {self.number})"


def _of_each_type(limit: str) -> str:
    number = attrgetter(limit)
    ours = {name: kind for name, kind in facts.POLICY_TYPES.items() if name.endswith("CONTROL_POLICY")}
    return ", ".join(f"{name} {number(kind):,}" for name, kind in ours.items())


_ACCOUNTS: Final = Limit(
    f"{facts.ACCOUNTS_DEFAULT_MAX} accounts by default, and fewer in a new organization for an hour",
    "ask for more under Service Quotas in us-east-1, then run again",
)
_CLOSED: Final = facts.ACCOUNTS_CLOSED

FULL: Final = "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
"""The `Reason` of a target that has all the policies of a type that it can have."""

LIMITS: Final = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": _ACCOUNTS,
    "ACCOUNT_LIMIT_EXCEEDED": _ACCOUNTS,
    "OU_NUMBER_LIMIT_EXCEEDED": Limit(f"{facts.OUS_MAX:,} OUs in an organization", "AWS raises that for nobody"),
    "OU_DEPTH_LIMIT_EXCEEDED": Limit(f"{facts.OU_DEPTH_MAX} levels of OUs below the root"),
    "POLICY_NUMBER_LIMIT_EXCEEDED": Limit(f"policies of an organization: {_of_each_type('per_organization')}"),
    "POLICY_CONTENT_LIMIT_EXCEEDED": Limit(
        f"characters of a policy: {_of_each_type('size')}",
        "split the guardrail in two: `org-bootstrap validate` tells each policy's size",
    ),
    FULL: Limit(f"policies on one target: {_of_each_type('max_attached')}", "those of others count, too"),
    "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": Limit(
        f"policies on one target, at least: {_of_each_type('min_attached')}", "attach another one before this one goes"
    ),
    "MAX_TAG_LIMIT_EXCEEDED": Limit(f"{facts.TAGS_MAX} tags on an OU or account", "those of others count, too"),
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": Limit(
        f"{_CLOSED.least} accounts closed in {_CLOSED.days} days, or {_CLOSED.share:.0%} of the members if that is "
        f"more, and {_CLOSED.most:,} at most",
        f"run again when the first of them was closed {_CLOSED.days} days ago",
    ),
}
"""By the `Reason` of a ConstraintViolationException, or the FailureReason of a request for an account."""
