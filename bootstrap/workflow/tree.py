"""The organization in AWS as a tree: OUs with their policies, accounts with their ids and e-mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.render.tree import Branch
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.organization.reads import organization
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.policy.reads import policies_with_targets
from bootstrap.resources.tags import all_tags
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory
    from bootstrap.resources.account.reads import LiveAccount
    from bootstrap.resources.organizational_unit.reads import LiveOu

_UNMANAGED = "  (unmanaged)"


def tree(inventory: Inventory, name: str) -> Branch | None:
    """The tree from the root down; None if there is no organization."""
    found = inventory.read(organization)
    if found is None:
        return None
    label = f"{name}  {found['Id']}  management account {found['MasterAccountId']}"
    return Branch(label, (_ou(inventory, inventory.read(ous)[ROOT]),))


def _ou(inventory: Inventory, ou: LiveOu) -> Branch:
    inside = sorted((a for a in inventory.read(accounts) if a.ou == ou.path), key=lambda account: account.name)
    paths = sorted(inventory.read(ous).items())
    children = [child for path, child in paths if path != ROOT and parent_path(path) == ou.path]
    live = inventory.read(policies_with_targets)
    policies = sorted(policy.name for policy in live if ou.id in policy.targets and not policy.aws_managed)
    label = ou.path.rpartition("/")[2] + (f"  [{', '.join(policies)}]" if policies else "")
    if ou.path != ROOT and KEY_TAG not in inventory.read(all_tags).get(ou.arn, {}):
        label += _UNMANAGED
    branches = [*(_account(inventory, each) for each in inside), *(_ou(inventory, each) for each in children)]
    return Branch(label, tuple(branches))


def _account(inventory: Inventory, account: LiveAccount) -> Branch:
    state = "" if account.open else "  closed"
    managed = KEY_TAG in inventory.read(all_tags).get(account.arn, {})
    return Branch(f"{account.name}  {account.id}  {account.email}{state}{'' if managed else _UNMANAGED}")
