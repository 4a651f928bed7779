"""The values of `--target`, and the resources that they select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.targeting import Targets
from bootstrap.model.errors import BootstrapError
from bootstrap.model.names import ROOT
from bootstrap.model.resource import Address
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bootstrap.spec.spec import Spec


def find_targets(typed: Collection[str], spec: Spec) -> Targets:
    """Each of `account:KEY`, `ou:PATH` with everything below, `environment:NAME` with its OU and its accounts.

    Raises BootstrapError for one that the YAML does not have.
    """
    resources = {here for one in typed for here in _resources(one, spec)}
    return Targets(tuple(sorted(set(typed))), frozenset(resources))


def _resources(one: str, spec: Spec) -> Iterator[Address]:
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
                f"--target {one_line(one)}: the YAML has no such target",
                hint="write account:KEY, ou:PATH or environment:NAME, as the YAML names it",
            )


def _below(path: str, spec: Spec) -> Iterator[Address]:
    def inside(ou: str) -> bool:
        return path in {ROOT, ou} or ou.startswith(path + "/")

    yield from (Address("ou", ou) for ou in spec.organizational_units if inside(ou))
    yield from (Address("account", account.key) for account in spec.accounts.values() if inside(account.ou))
