"""What an account holds of what its baseline deploys, as each service itself reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.aws.api import Place
from bootstrap.facts import GLOBAL_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.resources.account.identities import Identities, Role

# The most that a page holds, so that most accounts take one.
_SECRETS_PAGE = 100
_BUDGETS_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Contents:
    """Roles, managed policies, secrets and budgets, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]
    secrets: frozenset[str]
    budgets: Mapping[str, Mapping[str, Any]]


def read_contents(aws: AwsApi, identities: Identities, account: str, region: str) -> Contents:
    """Two pages for most accounts. A secret that is scheduled for deletion does not count; no value is read."""
    secrets = aws.pages("secretsmanager.ListSecrets", "SecretList", at=Place(account, region), MaxResults=_SECRETS_PAGE)
    # Budgets leaves the list out where it is empty.
    budgets = aws.call(
        "budgets.DescribeBudgets", at=Place(account, GLOBAL_REGION), AccountId=account, MaxResults=_BUDGETS_PAGE
    )
    return Contents(
        identities.roles,
        identities.policies,
        frozenset(secret["Name"] for secret in secrets if "DeletedDate" not in secret),
        {budget["BudgetName"]: budget for budget in budgets.get("Budgets", [])},
    )
