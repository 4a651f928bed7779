"""The roles and customer-managed policies of an account, as IAM reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.facts import GLOBAL_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory

# The maximum, so that most accounts need one page.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
_PAGE: Final = 1000
DEFAULT_SESSION_S: Final = 3600
"""https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (MaxSessionDuration)."""


@dataclass(frozen=True, slots=True)
class Role:
    """Documents are as in IAM; `attached` and `boundary` are ARNs; `session_s` is the maximum session duration."""

    trust: Any
    inline: Mapping[str, Any]
    attached: frozenset[str]
    boundary: str
    session_s: int


@dataclass(frozen=True, slots=True)
class Identities:
    """Roles and customer-managed policies, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]


def identities(inventory: Inventory, account: str) -> Identities:
    """Two pages for most accounts: only ListRoles has the maximum session duration."""
    aws, here = inventory.aws, Place(account, GLOBAL_REGION)
    sessions = {
        role["RoleName"]: int(role["MaxSessionDuration"])
        for page in _pages(aws, "iam.ListRoles", here)
        for role in page["Roles"]
    }
    roles: dict[str, Role] = {}
    policies: dict[str, Any] = {}
    for page in _pages(aws, "iam.GetAccountAuthorizationDetails", here, Filter=["Role", "LocalManagedPolicy"]):
        # A role that was created between the two reads is in the second only.
        roles.update(
            (role["RoleName"], _role(role, sessions.get(role["RoleName"], DEFAULT_SESSION_S)))
            for role in page["RoleDetailList"]
        )
        # An ARN ends in the name.
        policies.update((policy["Arn"].rpartition("/")[2], _default_version(policy)) for policy in page["Policies"])
    return Identities(roles, policies)


def _pages(aws: AwsApi, action: str, at: Place, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    """IAM's pages may hold several lists, and end with `IsTruncated`."""
    while True:
        page = aws.call(action, at=at, MaxItems=_PAGE, **parameters)
        yield page
        if not page.get("IsTruncated"):
            return
        parameters["Marker"] = page["Marker"]


def _role(found: Mapping[str, Any], session_s: int) -> Role:
    return Role(
        found["AssumeRolePolicyDocument"],
        {policy["PolicyName"]: policy["PolicyDocument"] for policy in found["RolePolicyList"]},
        frozenset(policy["PolicyArn"] for policy in found["AttachedManagedPolicies"]),
        found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        session_s,
    )


def _default_version(found: Mapping[str, Any]) -> Any:
    return next(version["Document"] for version in found["PolicyVersionList"] if version["IsDefaultVersion"])
