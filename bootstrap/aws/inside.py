"""What an account of an environment holds of what its baseline makes, as each service itself tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.aws.calling import GLOBAL_REGION, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.calling import Aws

# The most that a page holds, so that most accounts take one.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
_IAM_PAGE = 1000
_SECRETS_PAGE = 100
_BUDGETS_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Role:
    """Documents are as IAM gives them; `attached` are ARNs of managed policies, `boundary` is one or empty."""

    trust: Any
    inline: Mapping[str, Any]
    attached: frozenset[str]
    boundary: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Roles and managed policies, secrets and budgets, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]
    secrets: frozenset[str]
    budgets: Mapping[str, Mapping[str, Any]]


def look_inside(aws: Aws, account: str, region: str) -> Inside:
    """Three pages for most accounts. A secret that is scheduled for deletion is not listed; no value is read."""
    here = Place(account, GLOBAL_REGION)
    roles: dict[str, Role] = {}
    policies: dict[str, Any] = {}
    marker: dict[str, str] = {}
    while True:
        page = aws.call(
            "iam.GetAccountAuthorizationDetails",
            at=here,
            Filter=["Role", "LocalManagedPolicy"],
            MaxItems=_IAM_PAGE,
            **marker,
        )
        roles.update((role["RoleName"], _role(role)) for role in page["RoleDetailList"])
        # An ARN ends in the name.
        policies.update((policy["Arn"].rpartition("/")[2], _text(policy)) for policy in page["Policies"])
        if not page.get("IsTruncated"):
            break
        marker = {"Marker": page["Marker"]}
    secrets = aws.pages("secretsmanager.ListSecrets", "SecretList", at=Place(account, region), MaxResults=_SECRETS_PAGE)
    # It leaves the list out where it is empty.
    budgets = aws.call("budgets.DescribeBudgets", at=here, AccountId=account, MaxResults=_BUDGETS_PAGE)
    return Inside(
        roles,
        policies,
        frozenset(secret["Name"] for secret in secrets if "DeletedDate" not in secret),
        {budget["BudgetName"]: budget for budget in budgets.get("Budgets", [])},
    )


def _role(found: Mapping[str, Any]) -> Role:
    return Role(
        found["AssumeRolePolicyDocument"],
        {policy["PolicyName"]: policy["PolicyDocument"] for policy in found["RolePolicyList"]},
        frozenset(policy["PolicyArn"] for policy in found["AttachedManagedPolicies"]),
        found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
    )


def _text(found: Mapping[str, Any]) -> Any:
    return next(version["Document"] for version in found["PolicyVersionList"] if version["IsDefaultVersion"])
