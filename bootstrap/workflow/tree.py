"""The organization in AWS as a tree: OUs with their policies, and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.render.tree import Branch
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.tree import LiveAccount, LiveUnit


def overview(inventory: Inventory, name: str) -> Branch | None:
    """The tree from the root down; None if there is no organization."""
    organization = inventory.organization
    if organization is None:
        return None
    label = f"{name}  {organization['Id']}  management account {organization['MasterAccountId']}"
    return Branch(label, (_unit(inventory, inventory.units[ROOT]),))


def _unit(inventory: Inventory, unit: LiveUnit) -> Branch:
    accounts = sorted((a for a in inventory.accounts if a.unit == unit.path), key=lambda account: account.name)
    units = [
        child for path, child in sorted(inventory.units.items()) if path != ROOT and parent_path(path) == unit.path
    ]
    policies = sorted(
        policy.name for policy in inventory.policies if unit.id in policy.targets and not policy.aws_managed
    )
    label = unit.path.rpartition("/")[2] + (f"  [{', '.join(policies)}]" if policies else "")
    if unit.path != ROOT and KEY_TAG not in inventory.tags(unit.arn):
        label += "  (unmanaged)"
    return Branch(
        label, (*(_account(inventory, account) for account in accounts), *(_unit(inventory, child) for child in units))
    )


def _account(inventory: Inventory, account: LiveAccount) -> Branch:
    state = "" if account.open else "  closed"
    owner = "" if KEY_TAG in inventory.tags(account.arn) else "  (unmanaged)"
    return Branch(f"{account.name}  {account.id}  {account.email}{state}{owner}")
