"""What policies are attached to: the root and the OUs, which accounts they bind, and blockers about the root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.engine.plan import Blocker, approval
from bootstrap.model.names import ROOT
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.organization.kind import ROOT_ADDRESS
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.policy.reads import policies_with_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context, Sides
    from bootstrap.resources.account.reads import LiveAccount
    from bootstrap.resources.policy.reads import LivePolicy

KIND: Final = "attachment"
_SHOWN: Final = 6


def attachment(policy: str, target: Address) -> Address:
    """`attachment:region.limit@Workloads`; on an account `attachment:region.limit@account:alice`."""
    return Address(KIND, f"{policy}@{target.name if target.kind == 'ou' else target}")


def target_of(resource: Resource) -> Address:
    return Address.parse(str(resource.body["target"]))


def policy_of(resource: Resource) -> str:
    return str(resource.body["policy"])


def binding(ou: str) -> frozenset[Address]:
    """The targets whose policies bind what stands in an OU: it, and every OU above."""
    parts = ou.split("/")
    paths = {ROOT} | {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return frozenset(Address("ou", path) for path in paths)


def attached(context: Context) -> Iterator[tuple[Address, LivePolicy]]:
    """Every policy with each target of it: known ones, and unmanaged accounts."""
    unmanaged = {account.id: unmanaged_account(account) for account in context.read(accounts)}
    for policy in context.read(policies_with_targets):
        for target_id in policy.targets:
            if target := context.ids.address(target_id) or unmanaged.get(target_id):
                yield target, policy


def unmanaged_account(account: LiveAccount) -> Address:
    """An unmanaged account goes by its e-mail."""
    return Address("account", account.email)


def managed_targets(context: Context, want: Mapping[Address, Resource]) -> dict[str, Address]:
    """Each target whose policies are our business by its id: the root, the OUs of the YAML, managed accounts."""
    paths = (Address("ou", path) for path in context.read(ous))
    places = [ou for ou in paths if ou == ROOT_ADDRESS or ou in want]
    managed = (context.ids.address(account.id) for account in context.read(accounts))
    return {context.ids[target]: target for target in [*places, *filter(None, managed)]}


def is_managed(context: Context, policy: LivePolicy) -> bool:
    return context.ids.address(policy.id) is not None


def targets_of(policy: str, side: Mapping[Address, Resource]) -> list[Address]:
    """What a policy is attached to, on one side of a plan."""
    found = (resource for here, resource in side.items() if here.kind == KIND)
    return [target_of(resource) for resource in found if policy_of(resource) == policy]


def bound(context: Context, targets: Iterable[Address], side: Mapping[Address, Resource]) -> str:
    """How many accounts policies on these targets bind, and their names."""
    on = set(targets)
    names = [
        here.name
        for here, resource in sorted(side.items())
        if here.kind == "account" and not on.isdisjoint({here, *binding(str(resource.body["ou"]))})
    ]
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    unmanaged = sum(
        context.ids.address(account.id) is None
        and not on.isdisjoint({unmanaged_account(account), *binding(account.ou)})
        for account in context.read(accounts)
    )
    others = f", and {unmanaged} unmanaged" if unmanaged else ""
    return f"{len(names)} account{'s' * (len(names) != 1)}" + (f": {shown}{more}" if names else "") + others


class RootChange(NamedTuple):
    """What happens to a policy at the root, and what to check first."""

    reason: str
    hint: str


ATTACH: Final = RootChange("attaches {} to the root: it binds every account at once", "try it on a small OU first")
CHANGE: Final = RootChange("changes {} on the root: it binds every account at once", "try it on a small OU first")
DETACH: Final = RootChange(
    "detaches {} from the root: it binds accounts only through their OUs from then on",
    "check that each OU has the guardrails that it needs",
)
# Somebody detached AWS's own policy, so that only what other policies allow is allowed.
OPEN: Final = RootChange(
    "attaches {} to the root again: everything that no policy denies is allowed in every account",
    "find out who detached it, and why",
)


def root_blocker(
    context: Context, change: RootChange, address: Address, policy: str, sides: Sides
) -> Iterator[Blocker]:
    """The root is above every account, this tool's own roles included: a change there needs an approval as soon as
    there is any account. Policies never bind the management account, which is not among these.
    """
    if sides.have and len(context.read(accounts)) > 0:
        yield Blocker(address, change.reason.format(policy), change.hint, approval("root", policy))


def is_attached(policy: str, target: Address, side: Mapping[Address, Resource]) -> bool:
    return attachment(policy, target) in side
