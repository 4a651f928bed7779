"""AWS's quotas, which no retry lifts: their numbers, and hints.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ConstraintViolationException.html
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final, NamedTuple

from bootstrap import facts


class Limit(NamedTuple):
    """`number` says what AWS allows; `advice` is the hint."""

    number: str
    advice: str = ""

    def added_to(self, message: str) -> str:
        return f"{message} (AWS's limit: {self.number})"


def _of_each_type(field: str) -> str:
    number = attrgetter(field)
    types = {name: limits for name, limits in facts.POLICY_TYPES.items() if name.endswith("CONTROL_POLICY")}
    return ", ".join(f"{name} {number(limits):,}" for name, limits in types.items())


_ACCOUNTS: Final = Limit(
    f"{facts.ACCOUNTS_DEFAULT_MAX} accounts by default, and fewer in a new organization for an hour",
    "ask for more under Service Quotas in us-east-1, then run again",
)
_CLOSED: Final = facts.ACCOUNTS_CLOSED

FULL: Final = "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
"""The `Reason` when a target has as many policies of a type as AWS allows."""

LIMITS: Final = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": _ACCOUNTS,
    "ACCOUNT_LIMIT_EXCEEDED": _ACCOUNTS,
    "OU_NUMBER_LIMIT_EXCEEDED": Limit(f"{facts.OUS_MAX:,} OUs in an organization", "AWS does not raise this limit"),
    "OU_DEPTH_LIMIT_EXCEEDED": Limit(f"{facts.OU_DEPTH_MAX} levels of OUs below the root"),
    "POLICY_NUMBER_LIMIT_EXCEEDED": Limit(f"policies of an organization: {_of_each_type('per_organization')}"),
    "POLICY_CONTENT_LIMIT_EXCEEDED": Limit(
        f"characters of a policy: {_of_each_type('size')}",
        "split the guardrail in two: `org-bootstrap validate` prints the size of each policy",
    ),
    FULL: Limit(f"policies on one target: {_of_each_type('max_attached')}", "policies that others attached count too"),
    "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": Limit(
        f"policies on one target, at least: {_of_each_type('min_attached')}",
        "attach another policy before detaching this one",
    ),
    "MAX_TAG_LIMIT_EXCEEDED": Limit(f"{facts.TAGS_MAX} tags on an OU or account", "tags that others set count too"),
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": Limit(
        f"{_CLOSED.least} accounts closed in {_CLOSED.days} days, or {_CLOSED.share:.0%} of the members if that is "
        f"more, but at most {_CLOSED.most:,}",
        f"run again {_CLOSED.days} days after the first of them was closed",
    ),
}
"""By the `Reason` of a ConstraintViolationException, or the FailureReason of DescribeCreateAccountStatus."""
