"""Units and accounts, and where they stand, as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.model.names import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi


@dataclass(frozen=True, slots=True)
class LiveUnit:
    """One organizational unit; the root is a unit of path `Root`."""

    path: str
    id: str
    arn: str


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """One account. `unit` is the path it stands in; `open` is False once it is closing, closed or suspended."""

    id: str
    arn: str
    name: str
    email: str
    unit: str
    open: bool


def read_units(aws: AwsApi, root: Mapping[str, Any]) -> Mapping[str, LiveUnit]:
    """Every unit by its path, the root among them: a page or more for each."""
    units = {ROOT: LiveUnit(ROOT, root["Id"], root["Arn"])}
    parents = [units[ROOT]]
    while parents:
        children = [unit for found in aws.each(lambda parent: _children(aws, parent), parents) for unit in found]
        units.update((unit.path, unit) for unit in children)
        parents = children
    return units


def read_accounts(aws: AwsApi, units: Mapping[str, LiveUnit], management: str) -> tuple[LiveAccount, ...]:
    """Every account but the one that manages the organization, 20 a page."""
    found = list(aws.pages("organizations.ListAccounts", "Accounts"))
    if any("Paths" not in account for account in found):
        # An endpoint older than Account.Paths (botocore 1.42.80): ask each unit for its accounts.
        by_unit = aws.each(lambda unit: _accounts_in(aws, unit), units.values())
        parents = {account_id: unit for accounts in by_unit for account_id, unit in accounts}
    else:
        paths = {unit.id: unit.path for unit in units.values()}
        # o-1/r-2/ou-3/…/123456789012/ : the last but one names what the account stands in.
        parents = {account["Id"]: paths[account["Paths"][0].split("/")[-3]] for account in found}
    return tuple(
        LiveAccount(
            id=account["Id"],
            arn=account["Arn"],
            name=account["Name"],
            email=account["Email"],
            unit=parents[account["Id"]],
            # `Status` was to be retired on 2026-09-09 in favour of `State`; either may be absent.
            open=account.get("State", account.get("Status")) in {"ACTIVE", "PENDING_ACTIVATION"},
        )
        for account in found
        if account["Id"] != management
    )


def _children(aws: AwsApi, parent: LiveUnit) -> list[LiveUnit]:
    found = aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent.id)
    return [LiveUnit(_path(parent.path, unit["Name"]), unit["Id"], unit["Arn"]) for unit in found]


def _accounts_in(aws: AwsApi, unit: LiveUnit) -> list[tuple[str, str]]:
    found = aws.pages("organizations.ListAccountsForParent", "Accounts", ParentId=unit.id)
    return [(account["Id"], unit.path) for account in found]


def _path(parent: str, name: str) -> str:
    """Where a unit is. A name may hold anything, and is to pose neither as a path nor as the root.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    name = name.replace("/", "\\u002f")
    if parent == ROOT:
        return name if name != ROOT else f"\\u{ord(name[0]):04x}{name[1:]}"
    return f"{parent}/{name}"
