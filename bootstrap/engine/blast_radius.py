"""How much of the organization one plan touches at once, and when that takes a word."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import WHOLE, Blocker, Risk
from bootstrap.model.diff import canonical
from bootstrap.model.resource import Address, Resource
from bootstrap.secrecy.redact import hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Kind
    from bootstrap.engine.last_applied import LastApplied
    from bootstrap.engine.plan import Change, Plan

_HINT: Final = "see that all of them are meant; `safety` in organization.yaml says what is usual, once it was applied"
_TOUCH, _DELETE = "touch:", "delete:"
# Enough digits that nobody finds a second plan with the same token.
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What is usual for one plan: see `Safety` in the YAML."""

    max_accounts_percent: int = 30
    min_accounts: int = 10
    max_deletes: int = 10

    def and_no_more_than(self, other: Limits) -> Limits:
        """The stricter of both."""
        return Limits(
            min(self.max_accounts_percent, other.max_accounts_percent),
            min(self.min_accounts, other.min_accounts),
            min(self.max_deletes, other.max_deletes),
        )

    def as_resource(self) -> Resource:
        """As a part of what the YAML asks for."""
        return Resource(Address("plan", "safety"), asdict(self))


USUAL: Final = Limits()


def loosened(limits: Limits, usual: Limits) -> tuple[str, ...]:
    """What of the YAML's limits does not count yet, in words."""
    now, then = asdict(usual), asdict(limits)
    return tuple(f"{name} {now[name]} -> {then[name]}" for name in now if now[name] != then[name])


def in_force(limits: Limits, memory: LastApplied | None) -> Limits:
    """Those of the YAML, and no looser than it was last applied with: none is loosened by the change that needs it."""
    applied = memory.usual if memory else {}
    return limits.and_no_more_than(Limits(**{name: applied.get(name, usual) for name, usual in asdict(USUAL).items()}))


@dataclass(frozen=True, slots=True)
class Reach:
    """The accounts that a plan touches, of all (`whole`) that there are or will be: those that are `made`, and those
    that are of `others`, among them. `stands` tells the OU of each once the plan is applied.
    """

    touched: frozenset[Address]
    whole: frozenset[Address]
    made: frozenset[Address]
    others: frozenset[Address]
    stands: Mapping[Address, Address | None]

    @property
    def places(self) -> tuple[str, ...]:
        """Each that is touched with its OU: whoever is moved to another is touched by something else."""
        return tuple(f"{here} in {self.stands[here]}" for here in sorted(self.touched))

    @property
    def share(self) -> float:
        """How many of a hundred. None where there were no accounts: a first bootstrap has nobody to harm."""
        return 100 * len(self.touched) / len(self.whole) if self.whole - self.made else 0

    def __str__(self) -> str:
        which = {"new": self.made & self.touched, "not ours": self.others & self.touched}
        parts = [f"{len(found)} of them {what}" for what, found in which.items() if found]
        return ", ".join([f"{len(self.touched)} of {len(self.whole)} accounts", *parts])


def reach(
    plan: Plan, kinds: Mapping[str, Kind], sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]]
) -> Reach:
    """An account is touched by each change of it and of what is in it, by what changes the rights of all below an OU
    that it stands in, ours or not, and by being made. What is closed is no account any more.
    """
    want, have = sides
    lasting = {name for name, kind in kinds.items() if kind.lasting}
    ours = {here for here, found in have.items() if here.kind in lasting and kinds[here.kind].in_use(found)}
    others = {item.address for item in plan.unmanaged if item.address.kind in lasting and item.in_use}
    made = {change.address for change in plan.changes if change.before is None and change.address.kind in lasting}
    closely = (change.address for change in plan.changes if kinds[change.address.kind].risk(change) is not Risk.LOW)
    above = _reached(closely, kinds, sides, lasting)
    within = {item.address: item.within for item in plan.unmanaged}
    within |= {here: kinds[here.kind].stands_in(found) for here, found in have.items()}

    def stands_below(here: Address) -> bool:
        ou = within.get(here)
        return ou is not None and (ou in above or stands_below(ou))

    touched = above | {kinds[change.address.kind].about(change.address) for change in plan.changes}
    touched |= {here for here in ours | others if stands_below(here)}
    whole = ours | others | made
    stands = within | {here: kinds[here.kind].stands_in(found) for here, found in want.items() if here.kind in lasting}
    return Reach(frozenset(touched & whole), frozenset(whole), frozenset(made), frozenset(others), stands)


def check(
    plan: Plan,
    kinds: Mapping[str, Kind],
    sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]],
    limits: Limits,
    account: str = "",
) -> Iterator[Blocker]:
    """A blocker for what is more than usual: what is written may not be what is meant. `sides` are want and have,
    `account` is that by which e-mails are hidden: a token is the same whether or not a snapshot hides them.

    An account that is to be made counts as well, unless it is among the first: it cannot simply be unmade.
    """
    found = reach(plan, kinds, sides)
    if len(found.touched) >= limits.min_accounts and found.share > limits.max_accounts_percent:
        yield Blocker(
            WHOLE,
            f"it touches {found}: {found.share:.0f} %, where {limits.max_accounts_percent} are usual",
            _HINT,
            f"{_TOUCH}{len(found.touched)}-accounts-{_digest(_touching(plan, kinds, found), account, found.touched)}",
        )
    gone = [change for change in plan.changes if change.after is None]
    if len(gone) > limits.max_deletes:
        yield Blocker(
            WHOLE,
            f"it deletes or releases {len(gone)} things, and at most {limits.max_deletes} is usual",
            _HINT,
            f"{_DELETE}{len(gone)}-things-{_digest(gone, account)}",
        )


def rest(
    plan: Plan, sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]], done: Collection[Address]
) -> tuple[Plan, tuple[Mapping[Address, Resource], Mapping[Address, Resource]]]:
    """What is left of a plan and of its sides, want and have, once these of its changes are made."""
    want, have = sides
    left = replace(plan, changes=tuple(change for change in plan.changes if change.address not in done))
    now = {address: resource for address, resource in have.items() if address not in done}
    return left, (want, now | {address: want[address] for address in done if address in want})


def reviewed(refused: Iterable[str], touched: Iterable[str]) -> Iterator[str]:
    """A reviewed plan consents to any part of itself: one consent for each account that it touches, one for its
    deletes, unless it was refused for just that.
    """
    standing = tuple(refused)
    given = {_TOUCH: [f"{_TOUCH}{account}" for account in touched], _DELETE: [_DELETE]}
    for verb, consents in given.items():
        if not any(token.startswith(verb) for token in standing):
            yield from consents


def recalled(asked: Iterable[Blocker], consents: Collection[str], touched: Iterable[str]) -> Iterator[str]:
    """The tokens that consents of a reviewed plan stand for in what is left of it, which touches these accounts."""
    known = {_TOUCH: all(f"{_TOUCH}{account}" in consents for account in touched), _DELETE: _DELETE in consents}
    verbs = tuple(verb for verb, given in known.items() if given)
    return (blocker.token for blocker in asked if blocker.address == WHOLE and blocker.token.startswith(verbs))


def is_word(token: str) -> bool:
    """Whether a consent is one to how much is done."""
    return token.startswith((_TOUCH, _DELETE))


def _touching(plan: Plan, kinds: Mapping[str, Kind], found: Reach) -> Iterator[Change]:
    for change in plan.changes:
        kind = kinds[change.address.kind]
        if kind.about(change.address) in found.touched or kind.risk(change) is not Risk.LOW:
            yield change


def _digest(changes: Iterable[Change], account: str, touched: Iterable[Address] = ()) -> str:
    """A short hash of every change and its new value, so that a consent fits no other plan of the same size."""
    done = (
        f"{change.action} {change.address} {canonical(change.after.body) if change.after else ''}" for change in changes
    )
    what = hidden([*done, *(f"touch {address}" for address in touched)], account)
    return hashlib.sha256(canonical(sorted(set(what))).encode()).hexdigest()[:_DIGITS]


def _reached(
    changed: Iterable[Address],
    kinds: Mapping[str, Kind],
    sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]],
    lasting: Collection[str],
) -> set[Address]:
    """Everything that these changes are about, and all that stands under it: a policy's change reaches the accounts
    in the OUs that it is attached to, and no other account whose trust names one of those.
    """
    under: dict[Address, set[Address]] = defaultdict(set)
    for side in sides:
        for address, resource in side.items():
            for other in resource.needs | resource.follows:
                under[other].add(address)
    found: set[Address] = set()
    todo = list(changed)
    while todo:
        address = todo.pop()
        if address not in found:
            found.add(address)
            todo.extend(() if address.kind in lasting else under[address])
    return found | {kinds[address.kind].about(address) for address in found}
