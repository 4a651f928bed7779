"""A plan narrowed to some accounts, OUs or environments, with what they need and nothing more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bootstrap.model.errors import BootstrapError
from bootstrap.model.names import ROOT
from bootstrap.model.resource import Address
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from bootstrap.engine.plan import Plan
    from bootstrap.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Selection:
    """What was typed, and the things that it means. Nothing typed means everything."""

    typed: tuple[str, ...] = ()
    things: frozenset[Address] = frozenset()


ALL = Selection()


def select(typed: Collection[str], spec: Spec) -> Selection:
    """Each of `account:KEY`, `ou:PATH` with all below, `environment:NAME` with its OU and its accounts.

    Raises BootstrapError for one that the YAML does not have.
    """
    things = {thing for one in typed for thing in _things(one, spec)}
    return Selection(tuple(sorted(set(typed))), frozenset(things))


def narrow(plan: Plan, selection: Selection, about: Callable[[Address], Address]) -> tuple[Plan, frozenset[Address]]:
    """The plan with only the changes about what was selected and those that they wait for; and what is left out."""
    if not selection.typed:
        return plan, frozenset()
    needed: set[Address] = set()
    todo = [change.address for change in plan.changes if about(change.address) in selection.things]
    while todo:
        address = todo.pop()
        if address not in needed:
            needed.add(address)
            todo.extend(plan.waits[address])
    kept = tuple(change for change in plan.changes if change.address in needed)
    left_out = frozenset(change.address for change in plan.changes) - needed
    return replace(plan, changes=kept, waits={change.address: plan.waits[change.address] for change in kept}), left_out


def _things(one: str, spec: Spec) -> Iterator[Address]:
    here = Address.parse(one)
    match here.kind:
        case "account" if here.name in spec.accounts:
            yield here
        case "ou" if here.name in spec.organizational_units:
            yield from _below(here.name, spec)
        case "environment" if here.name in spec.environments:
            yield Address("ou", spec.environments[here.name].ou)
            for account in spec.accounts.values():
                if account.environment == here.name:
                    yield Address("account", account.key)
        case _:
            raise BootstrapError(
                f"--target {one_line(one)}: the YAML has no such thing",
                hint="write account:KEY, ou:PATH or environment:NAME, as the YAML names it",
            )


def _below(path: str, spec: Spec) -> Iterator[Address]:
    def inside(ou: str) -> bool:
        return path in {ROOT, ou} or ou.startswith(path + "/")

    yield from (Address("ou", ou) for ou in spec.organizational_units if inside(ou))
    yield from (Address("account", account.key) for account in spec.accounts.values() if inside(account.ou))
