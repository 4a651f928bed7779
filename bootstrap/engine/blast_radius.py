"""The blast radius: how many accounts a plan affects, how much it deletes, and when that needs an approval."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import WHOLE, Blocker, Risk, approval
from bootstrap.model.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Kind, Sides
    from bootstrap.engine.last_applied import LastApplied
    from bootstrap.engine.plan import Plan

_HINT: Final = "check each account; to raise the limit, edit `safety` and apply: it takes effect after that apply"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one plan may do without an approval: `safety` in the YAML."""

    max_accounts_percent: int = 30
    min_accounts: int = 10
    """A plan that affects fewer accounts needs no approval, whatever their share."""
    max_deletes: int = 10

    def as_resource(self) -> Resource:
        """For the fingerprint of the YAML."""
        return Resource(Address("plan", "safety"), asdict(self))


DEFAULT: Final = Limits()


def in_force(limits: Limits, last_applied: LastApplied | None) -> Limits:
    """The limits of the YAML, but none looser than last applied: no plan loosens the limit that blocks it."""
    applied = asdict(DEFAULT) | dict(last_applied.limits if last_applied else {})
    return Limits(**{name: min(number, applied[name]) for name, number in asdict(limits).items()})


def raised(limits: Limits, in_force: Limits) -> tuple[str, ...]:
    """The limits of the YAML that take effect after a complete apply, such as `max_deletes 10 -> 20`."""
    now, then = asdict(in_force), asdict(limits)
    return tuple(f"{name} {now[name]} -> {then[name]}" for name in now if now[name] != then[name])


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """The accounts that a plan affects, out of `all` existing and planned ones. `created` and `unmanaged` are subsets
    of `all`; `parents` holds the OU of each account after the apply.
    """

    affected: frozenset[Address]
    all: frozenset[Address]
    created: frozenset[Address]
    unmanaged: frozenset[Address]
    parents: Mapping[Address, Address | None]

    @property
    def places(self) -> tuple[str, ...]:
        """Each affected account with its OU: other policies affect it in another OU."""
        return tuple(f"{account} in {self.parents[account]}" for account in sorted(self.affected))

    @property
    def percent(self) -> float:
        """0 if there were no accounts before: a first apply can harm none."""
        return 100 * len(self.affected) / len(self.all) if self.all - self.created else 0

    def __str__(self) -> str:
        parts = {"new": self.created & self.affected, "unmanaged": self.unmanaged & self.affected}
        counts = [f"{len(found)} of them {name}" for name, found in parts.items() if found]
        return ", ".join([f"{len(self.affected)} of {len(self.all)} accounts", *counts])


def measure(plan: Plan, kinds: Mapping[str, Kind], sides: Sides) -> BlastRadius:
    """The blast radius of a plan. An account is affected if it is created, if it or something in it changes, or if
    permissions change on an OU above it (managed or not). Closed accounts do not count.
    """
    accounts = {name for name, kind in kinds.items() if kind.is_account}
    managed = {here for here, found in sides.have.items() if here.kind in accounts and found.active}
    unmanaged = {item.address for item in plan.unmanaged if item.address.kind in accounts and item.active}
    created = {change.address for change in plan.changes if change.before is None and change.address.kind in accounts}
    parents = {item.address: item.parent for item in plan.unmanaged}
    parents |= {here: found.parent for here, found in sides.have.items()}
    changed = {change.address for change in plan.changes if kinds[change.address.kind].risk(change) is not Risk.LOW}
    reached = _reached(changed, sides, accounts)

    def is_below(here: Address) -> bool:
        parent = parents.get(here)
        return parent is not None and (parent in reached or is_below(parent))

    affected = reached | {change.owner for change in plan.changes}
    affected |= {here for here in managed | unmanaged if is_below(here)}
    every_account = managed | unmanaged | created
    parents |= {here: found.parent for here, found in sides.want.items() if here.kind in accounts}
    return BlastRadius(
        frozenset(affected & every_account), frozenset(every_account), frozenset(created), frozenset(unmanaged), parents
    )


def check(plan: Plan, radius: BlastRadius, limits: Limits) -> Iterator[Blocker]:
    """A blocker for each limit that the plan exceeds.

    New accounts count too, because they cannot simply be deleted again; an organization's first accounts do not.
    """
    affected = len(radius.affected)
    if affected >= limits.min_accounts and radius.percent > limits.max_accounts_percent:
        yield Blocker(
            WHOLE,
            f"affects {radius} ({radius.percent:.0f} %; limit {limits.max_accounts_percent} %)",
            _HINT,
            approval("accounts", affected),
        )
    deletes = sum(change.after is None for change in plan.changes)
    if deletes > limits.max_deletes:
        yield Blocker(
            WHOLE,
            f"deletes, detaches or forgets {deletes} resources (limit {limits.max_deletes})",
            _HINT,
            approval("deletes", deletes),
        )


def _reached(changed: Iterable[Address], sides: Sides, accounts: Collection[str]) -> set[Address]:
    """The owners of these changes and everything that depends on them: the change of a policy reaches the accounts in
    the OUs that it is attached to, but not other accounts whose trust policies name those accounts.
    """
    under: dict[Address, set[Address]] = defaultdict(set)
    owners: dict[Address, Address] = {}
    for side in (sides.want, sides.have):
        for address, resource in side.items():
            owners[address] = resource.owner or address
            for other in resource.needs | resource.follows:
                under[other].add(address)
    found: set[Address] = set()
    todo = list(changed)
    while todo:
        address = todo.pop()
        if address not in found:
            found.add(address)
            todo.extend(() if address.kind in accounts else under[address])
    return found | {owners.get(address, address) for address in found}
