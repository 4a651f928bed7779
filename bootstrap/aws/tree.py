"""OUs and accounts, and where they stand, as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.model.names import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi


@dataclass(frozen=True, slots=True)
class LiveOu:
    """One organizational unit; the root is an OU of path `Root`."""

    path: str
    id: str
    arn: str


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """One account. `ou` is the path it stands in; `open` is False once it is closing, closed or suspended."""

    id: str
    arn: str
    name: str
    email: str
    ou: str
    open: bool


def read_ous(aws: AwsApi, root: Mapping[str, Any]) -> Mapping[str, LiveOu]:
    """Every OU by its path, the root among them: a page or more for each."""
    ous = {ROOT: LiveOu(ROOT, root["Id"], root["Arn"])}
    parents = [ous[ROOT]]
    while parents:
        children = [ou for found in aws.each(lambda parent: _children(aws, parent), parents) for ou in found]
        ous.update((ou.path, ou) for ou in children)
        parents = children
    return ous


def read_accounts(aws: AwsApi, ous: Mapping[str, LiveOu], management: str) -> tuple[LiveAccount, ...]:
    """Every account but the one that manages the organization, 20 a page."""
    found = list(aws.pages("organizations.ListAccounts", "Accounts"))
    if any("Paths" not in account for account in found):
        # An endpoint older than Account.Paths (botocore 1.42.80): ask each OU for its accounts.
        by_ou = aws.each(lambda ou: _accounts_in(aws, ou), ous.values())
        parents = {account_id: ou for accounts in by_ou for account_id, ou in accounts}
    else:
        paths = {ou.id: ou.path for ou in ous.values()}
        # o-1/r-2/ou-3/…/123456789012/ : the last but one names what the account stands in.
        parents = {account["Id"]: paths[account["Paths"][0].split("/")[-3]] for account in found}
    return tuple(
        LiveAccount(
            id=account["Id"],
            arn=account["Arn"],
            name=account["Name"],
            email=account["Email"],
            ou=parents[account["Id"]],
            # `Status` was to be retired on 2026-09-09 in favour of `State`; either may be absent.
            open=account.get("State", account.get("Status")) in {"ACTIVE", "PENDING_ACTIVATION"},
        )
        for account in found
        if account["Id"] != management
    )


def _children(aws: AwsApi, parent: LiveOu) -> list[LiveOu]:
    found = aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent.id)
    return [LiveOu(_path(parent.path, ou["Name"]), ou["Id"], ou["Arn"]) for ou in found]


def _accounts_in(aws: AwsApi, ou: LiveOu) -> list[tuple[str, str]]:
    found = aws.pages("organizations.ListAccountsForParent", "Accounts", ParentId=ou.id)
    return [(account["Id"], ou.path) for account in found]


def _path(parent: str, name: str) -> str:
    """Where an OU is. A name may hold anything, and is to pose neither as a path nor as the root.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    name = name.replace("/", "\\u002f")
    if parent == ROOT:
        return name if name != ROOT else f"\\u{ord(name[0]):04x}{name[1:]}"
    return f"{parent}/{name}"
