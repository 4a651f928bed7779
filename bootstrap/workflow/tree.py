"""The live organization as a tree: OUs with their policies, accounts with what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.render.tree import Branch
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.tree import LiveAccount, LiveOu


def overview(inventory: Inventory, name: str) -> Branch | None:
    """The organization from its root down, or None while there is none."""
    organization = inventory.organization
    if organization is None:
        return None
    label = f"{name}  {organization['Id']}  management account {organization['MasterAccountId']}"
    return Branch(label, (_ou(inventory, inventory.organizational_units[ROOT]),))


def _ou(inventory: Inventory, ou: LiveOu) -> Branch:
    accounts = sorted((a for a in inventory.accounts if a.ou == ou.path), key=lambda account: account.name)
    ous = [
        child
        for path, child in sorted(inventory.organizational_units.items())
        if path != ROOT and parent_path(path) == ou.path
    ]
    policies = sorted(
        policy.name for policy in inventory.policies if ou.id in policy.targets and not policy.aws_managed
    )
    label = ou.path.rpartition("/")[2] + (f"  [{', '.join(policies)}]" if policies else "")
    if ou.path != ROOT and KEY_TAG not in inventory.tags(ou.arn):
        label += "  (not ours)"
    return Branch(
        label, (*(_account(inventory, account) for account in accounts), *(_ou(inventory, child) for child in ous))
    )


def _account(inventory: Inventory, account: LiveAccount) -> Branch:
    state = "" if account.open else "  closed"
    owner = "" if KEY_TAG in inventory.tags(account.arn) else "  (not ours)"
    return Branch(f"{account.name}  {account.id}  {account.email}{state}{owner}")
