"""What an account of an environment holds of what its baseline makes, as each service itself tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.aws.api import Place
from bootstrap.facts import GLOBAL_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.aws.api import AwsApi

# The most that a page holds, so that most accounts take one.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
_IAM_PAGE = 1000
_SECRETS_PAGE = 100
_BUDGETS_PAGE = 1000
# Of a role that says nothing of it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
USUAL_SESSION_S = 3600


@dataclass(frozen=True, slots=True)
class Role:
    """Documents are as IAM gives them; `attached` are ARNs of managed policies, `boundary` is one or empty, and
    `session_s` is how long a session may last.
    """

    trust: Any
    inline: Mapping[str, Any]
    attached: frozenset[str]
    boundary: str
    session_s: int


@dataclass(frozen=True, slots=True)
class Identities:
    """The roles of an account and the managed policies that are its own, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inside:
    """Roles and managed policies, secrets and budgets, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]
    secrets: frozenset[str]
    budgets: Mapping[str, Mapping[str, Any]]


def look_at_identities(aws: AwsApi, account: str) -> Identities:
    """Two pages for most accounts: how long sessions may last is in the list of roles only."""
    here = Place(account, GLOBAL_REGION)
    sessions = {
        role["RoleName"]: int(role["MaxSessionDuration"])
        for page in _pages(aws, "iam.ListRoles", here)
        for role in page["Roles"]
    }
    roles: dict[str, Role] = {}
    policies: dict[str, Any] = {}
    for page in _pages(aws, "iam.GetAccountAuthorizationDetails", here, Filter=["Role", "LocalManagedPolicy"]):
        # One that was made between the two reads has what IAM gives a role that says nothing of it.
        roles.update(
            (role["RoleName"], _role(role, sessions.get(role["RoleName"], USUAL_SESSION_S)))
            for role in page["RoleDetailList"]
        )
        # An ARN ends in the name.
        policies.update((policy["Arn"].rpartition("/")[2], _text(policy)) for policy in page["Policies"])
    return Identities(roles, policies)


def look_inside(aws: AwsApi, identities: Identities, account: str, region: str) -> Inside:
    """What else there is: two pages more. A secret that is scheduled for deletion is not listed; no value is read."""
    secrets = aws.pages("secretsmanager.ListSecrets", "SecretList", at=Place(account, region), MaxResults=_SECRETS_PAGE)
    # It leaves the list out where it is empty.
    budgets = aws.call(
        "budgets.DescribeBudgets", at=Place(account, GLOBAL_REGION), AccountId=account, MaxResults=_BUDGETS_PAGE
    )
    return Inside(
        identities.roles,
        identities.policies,
        frozenset(secret["Name"] for secret in secrets if "DeletedDate" not in secret),
        {budget["BudgetName"]: budget for budget in budgets.get("Budgets", [])},
    )


def _pages(aws: AwsApi, action: str, at: Place, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    """IAM's way to page: a page may hold several lists, and the next is named otherwise than it is asked for."""
    while True:
        page = aws.call(action, at=at, MaxItems=_IAM_PAGE, **parameters)
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


def _text(found: Mapping[str, Any]) -> Any:
    return next(version["Document"] for version in found["PolicyVersionList"] if version["IsDefaultVersion"])
