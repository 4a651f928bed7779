"""Saves the state of the AWS and restores it, so that tests share what takes long to build."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import cloudformation_backends
from moto.core.base_backend import BackendDict
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.organizations.models import organizations_backends
from moto.ssm.models import ParameterDict, ssm_backends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator.gate.faults import Chance
    from bootstrap.emulator.gate.request import Call

Backends = list[tuple[Any, dict[str, dict[str, Any]]]]
"""For each service of moto's, its backends by account and region."""


@dataclass(frozen=True)
class Saved:
    backends: Backends
    management: dict[str, Any]
    """Who manages the organization of each account."""
    calls: list[Call]
    chance: Chance
    now: float


def copy_backends() -> tuple[Backends, dict[str, Any]]:
    """The state of every service that was called. Nothing may be in progress."""
    return _copy(
        [(service, {account: dict(regions) for account, regions in service.items()}) for service in _services()],
        dict(organizations_backends.master_accounts),
    )


def put_back(saved: Saved) -> None:
    """Fill services that are empty."""
    backends, management = _copy(saved.backends, saved.management)
    for service, accounts in backends:
        for account, regions in accounts.items():
            service[account].update(regions)
    organizations_backends.master_accounts.update(management)


def _services() -> list[Any]:
    return list(BackendDict._instances)  # noqa: SLF001 (moto lists the services in use nowhere else)


def _copy(backends: Backends, management: dict[str, Any]) -> tuple[Backends, dict[str, Any]]:
    """One copy for all services, since their objects refer to each other."""
    memo: dict[int, Any] = dict(_shared(backends))
    for regions in _accounts_of(ssm_backends, backends):
        for backend in regions.values():
            # A defaultdict whose class cannot be called as deepcopy calls it.
            parameters, copied = backend._parameters, ParameterDict(backend.account_id, backend.region_name)  # noqa: SLF001
            memo[id(parameters)] = copied
            vars(copied).update(vars(parameters))
            copied.update(deepcopy(dict(parameters.items()), memo))
    copy: tuple[Backends, dict[str, Any]] = deepcopy((backends, management), memo)
    return copy


def _shared(backends: Backends) -> Iterator[tuple[int, Any]]:
    """What the copy has in common with the original, by its id: the services, the thousand policies of AWS's own that
    each account has, and the work on stacks, which is over.
    """
    for service, _ in backends:
        yield id(service), service
    for regions in _accounts_of(iam_backends, backends):
        for backend in regions.values():
            policies = backend.managed_policies.values()
            yield from ((id(policy), policy) for policy in policies if isinstance(policy, AWSManagedPolicy))
    for regions in _accounts_of(cloudformation_backends, backends):
        for backend in regions.values():
            for stack in (*backend.stacks.values(), *backend.deleted_stacks.values()):
                yield id(stack.work), None


def _accounts_of(service: Any, backends: Backends) -> Iterator[dict[str, Any]]:
    for each, accounts in backends:
        if each is service:
            yield from accounts.values()
