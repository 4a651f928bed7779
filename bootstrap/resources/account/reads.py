"""Accounts as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.model.errors import AwsError
from bootstrap.resources.organization.reads import management_account, organization
from bootstrap.resources.organizational_unit.reads import ous

if TYPE_CHECKING:
    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.resources.organizational_unit.reads import LiveOu


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """One account. `ou` is a path; `open` is False once it is closing, closed or suspended."""

    id: str
    arn: str
    name: str
    email: str
    ou: str
    open: bool


def accounts(inventory: Inventory) -> tuple[LiveAccount, ...]:
    """Every account except the management account, which has no guardrails and no baseline: 20 a page."""
    if inventory.read(organization) is None:
        return ()
    aws, tree, management = inventory.aws, inventory.read(ous), inventory.read(management_account)
    found = list(aws.pages("organizations.ListAccounts", "Accounts"))
    if any("Paths" not in account for account in found):
        # An endpoint older than Account.Paths (botocore 1.42.80): ask each OU for its accounts.
        by_ou = aws.each(lambda ou: _accounts_in(aws, ou), tree.values())
        parents = {account_id: path for listed in by_ou for account_id, path in listed}
    else:
        paths = {ou.id: ou.path for ou in tree.values()}
        # o-1/r-2/ou-3/…/123456789012/ : the last but one is the parent.
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


def current_name(inventory: Inventory, account: LiveAccount) -> str:
    """The name of an account. ListAccounts may show an old one for hours.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-acct-name.html
    """
    try:
        return str(inventory.aws.call("account.GetAccountInformation", AccountId=account.id)["AccountName"])
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        return account.name


def _accounts_in(aws: AwsApi, ou: LiveOu) -> list[tuple[str, str]]:
    found = aws.pages("organizations.ListAccountsForParent", "Accounts", ParentId=ou.id)
    return [(account["Id"], ou.path) for account in found]
