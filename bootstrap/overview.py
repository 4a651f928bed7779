"""The live organization as a tree: units with their policies, accounts with what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.names import KEY_TAG, ROOT
from bootstrap.render.tree import Branch
from bootstrap.spec.spec import parent_path

if TYPE_CHECKING:
    from bootstrap.aws.live import Live
    from bootstrap.aws.tree import LiveAccount, LiveUnit


def overview(live: Live, name: str) -> Branch | None:
    """The organization from its root down, or None while there is none."""
    organization = live.organization
    if organization is None:
        return None
    label = f"{name}  {organization['Id']}  management account {organization['MasterAccountId']}"
    return Branch(label, (_unit(live, live.units[ROOT]),))


def _unit(live: Live, unit: LiveUnit) -> Branch:
    accounts = sorted((a for a in live.accounts if a.unit == unit.path), key=lambda account: account.name)
    units = [child for path, child in sorted(live.units.items()) if path != ROOT and parent_path(path) == unit.path]
    policies = sorted(policy.name for policy in live.policies if unit.id in policy.targets and not policy.aws_managed)
    label = unit.path.rpartition("/")[2] + (f"  [{', '.join(policies)}]" if policies else "")
    if unit.path != ROOT and KEY_TAG not in live.tags(unit.arn):
        label += "  (not ours)"
    return Branch(label, (*(_account(live, account) for account in accounts), *(_unit(live, child) for child in units)))


def _account(live: Live, account: LiveAccount) -> Branch:
    state = "" if account.open else "  closed"
    owner = "" if KEY_TAG in live.tags(account.arn) else "  (not ours)"
    return Branch(f"{account.name}  {account.id}  {account.email}{state}{owner}")
