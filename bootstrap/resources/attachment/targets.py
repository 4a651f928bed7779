"""The targets of policies, the accounts and guardrails that they bind, and blockers for changes at the root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.engine.plan import Blocker, approval
from bootstrap.model.diff import canonical
from bootstrap.model.names import ROOT
from bootstrap.model.resource import Address, Resource
from bootstrap.policy.language import meaning
from bootstrap.policy.types import DEFAULT_POLICIES
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
    """The targets whose policies bind the accounts in an OU: the OU and those above it."""
    parts = ou.split("/")
    paths = {ROOT} | {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return frozenset(Address("ou", path) for path in paths)


def attached(context: Context) -> Iterator[tuple[Address, LivePolicy]]:
    """Each policy on each of its targets: the root, OUs and accounts."""
    unmanaged = {account.id: unmanaged_account(account) for account in context.read(accounts)}
    for policy in context.read(policies_with_targets):
        for target_id in policy.targets:
            if target := context.ids.address(target_id) or unmanaged.get(target_id):
                yield target, policy


def unmanaged_account(account: LiveAccount) -> Address:
    """Its name is its e-mail."""
    return Address("account", account.email)


def managed_targets(context: Context, want: Mapping[Address, Resource]) -> dict[str, Address]:
    """The targets that this tool manages, by id: the root, the OUs of the YAML, managed accounts."""
    paths = (Address("ou", path) for path in context.read(ous))
    places = [ou for ou in paths if ou == ROOT_ADDRESS or ou in want]
    managed = (context.ids.address(account.id) for account in context.read(accounts))
    return {context.ids[target]: target for target in [*places, *filter(None, managed)]}


def is_managed(context: Context, policy: LivePolicy) -> bool:
    return context.ids.address(policy.id) is not None


def targets_of(policy: str, side: Mapping[Address, Resource]) -> list[Address]:
    found = (resource for here, resource in side.items() if here.kind == KIND)
    return [target_of(resource) for resource in found if policy_of(resource) == policy]


def bound(context: Context, targets: Iterable[Address], side: Mapping[Address, Resource]) -> str:
    """The number and names of the accounts that policies on these targets bind."""
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


def guardrails(context: Context, ou: str, side: Mapping[Address, Resource]) -> dict[str, str]:
    """The policies that bind the accounts in an OU on one side of a plan, each with its canonical text (or name, or id,
    if the text is not known). Unmanaged policies are the same on both sides.
    """
    above = binding(ou)
    attachments = (found for here, found in side.items() if here.kind == KIND)
    names = {policy_of(found) for found in attachments if target_of(found) in above}
    names -= DEFAULT_POLICIES  # they allow everything
    return {**unmanaged_policies(context, ou), **{name: _meaning(context, name, side) for name in names}}


def unmanaged_policies(context: Context, ou: str) -> dict[str, str]:
    """The unmanaged policies that bind the accounts in an OU, each with its id; without AWS's own."""
    above = binding(ou)
    found = (policy for target, policy in attached(context) if target in above)
    return {policy.name: policy.id for policy in found if not (policy.aws_managed or is_managed(context, policy))}


def lost(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The guardrails that no longer bind, by name. Texts are compared: the OU in a policy's name does not matter."""
    said, names = set(after.values()), {_guardrail(policy) for policy in after}
    gone = sorted({_guardrail(policy) for policy, text in before.items() if text not in said})
    return [f"{name} (its current parameter values)" if name in names else name for name in gone]


def _meaning(context: Context, policy: str, side: Mapping[Address, Resource]) -> str:
    found = side.get(Address("policy", policy))
    # The YAML may have an AWS id where the observed policy has a reference.
    return canonical(meaning(context.ids.take_out(found.body["statements"]))) if found else policy


def _guardrail(policy: str) -> str:
    return policy.partition("@")[0]


class RootChange(NamedTuple):
    reason: str
    hint: str


ATTACH: Final = RootChange("attaches {} to the root: it binds every account at once", "try it on a small OU first")
CHANGE: Final = RootChange("changes {} on the root: it binds every account at once", "try it on a small OU first")
DETACH: Final = RootChange(
    "detaches {} from the root: it then binds only accounts in OUs to which it is attached",
    "check that each OU has the guardrails that it needs",
)
# Somebody detached AWS's own policy, so only actions that other policies allow are allowed.
OPEN: Final = RootChange(
    "attaches {} to the root again: everything that no policy denies is allowed in every account",
    "find out who detached it, and why",
)


def root_blocker(
    context: Context, change: RootChange, address: Address, policy: str, sides: Sides
) -> Iterator[Blocker]:
    """A change at the root binds every account and this tool's own roles in it: it needs an approval once there is an
    account besides the management account, which policies never bind.
    """
    if sides.have and len(context.read(accounts)) > 0:
        yield Blocker(address, change.reason.format(policy), change.hint, approval("root", policy))
