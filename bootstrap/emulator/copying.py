"""Copies one account, the quick way to a large organization, or the whole AWS, which a test can then restore."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import CloudFormationBackend, cloudformation_backends
from moto.core.base_backend import BackendDict
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.organizations.models import organizations_backends
from moto.ssm.models import ParameterDict, SimpleSystemManagerBackend

from bootstrap.emulator.cloudformation import stacks
from bootstrap.emulator.organizations import accounts, policies
from bootstrap.emulator.organizations.creation import Creation, email_problem
from bootstrap.emulator.organizations.state import account_of, state_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator.cloudformation.stack import Stack
    from bootstrap.emulator.gate.faults import Chance
    from bootstrap.emulator.gate.request import Call
    from bootstrap.emulator.organizations.state import Account, State

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
    for service, by_account in backends:
        for account, regions in by_account.items():
            service[account].update(regions)
    organizations_backends.master_accounts.update(management)


def _services() -> list[Any]:
    return list(BackendDict._instances)  # noqa: SLF001 (moto lists the services in use nowhere else)


def _copy(backends: Backends, management: dict[str, Any]) -> tuple[Backends, dict[str, Any]]:
    """One copy for all services, since their objects refer to each other."""
    memo: dict[int, Any] = {id(service): service for service, _ in backends}
    for _, by_account in backends:
        for regions in by_account.values():
            for backend in regions.values():
                _prepare(backend, memo)
    copy: tuple[Backends, dict[str, Any]] = deepcopy((backends, management), memo)
    return copy


def _prepare(backend: Any, memo: dict[int, Any]) -> None:
    """Enter into deepcopy's memo what it need not copy, or cannot."""
    match backend:
        case IAMBackend():  # each account has AWS's own policies, which do not change
            own = [each for each in backend.managed_policies.values() if isinstance(each, AWSManagedPolicy)]
            memo.update((id(policy), policy) for policy in own)
        case CloudFormationBackend():  # a generator cannot be copied; the work on all stacks is over
            every = [*backend.stacks.values(), *backend.deleted_stacks.values()]
            memo.update((id(stack.work), None) for stack in every)
        case SimpleSystemManagerBackend():  # a defaultdict whose class cannot be called as deepcopy calls it
            parameters = backend._parameters  # noqa: SLF001 (moto has no other way)
            memo[id(parameters)] = copied = ParameterDict(backend.account_id, backend.region_name)
            vars(copied).update(vars(parameters))
            copied.update(deepcopy(dict(parameters.items()), memo))


def copy_account(account_id: str, texts: Mapping[str, str], templates: Mapping[str, str]) -> str:
    """See `Emulator.copy_account`."""
    state = state_with(account_id)
    assert state is not None
    source = account_of(state, account_id)
    creation = _creation(state, source, texts)
    accounts.finish(state, creation)
    copy = account_of(state, str(creation.account_id))
    copy.parent_id = source.parent_id
    for policy in source.attached_policies:
        policies.attach(policy, copy)
    for region, backend in cloudformation_backends[account_id].items():
        for stack in backend.stacks.values():
            _copy_stack(stack, cloudformation_backends[copy.id][region], texts, templates.get(stack.name))
    return copy.id


def _creation(state: State, source: Account, texts: Mapping[str, str]) -> Creation:
    request = next(each for each in state.creations.values() if each.account_id == source.id)
    email = _replaced(source.email, texts)
    if problem := email_problem(state, email):
        raise ValueError(f"an account with the e-mail address {email} cannot be created: {problem}")
    made = Creation(
        email=email,
        name=_replaced(source.name, texts),
        role_name=request.role_name,
        tags=_replaced_values(source.tags, texts),
        failure=None,
        polls=None,
    )
    state.creations[made.id] = made
    return made


def _copy_stack(source: Stack, backend: Any, texts: Mapping[str, str], template: str | None) -> None:
    assert source.submission is not None
    copy = stacks.new_stack(backend, source.name)
    copy.role_arn, copy.capabilities = source.role_arn, source.capabilities
    copy.enable_termination_protection = source.enable_termination_protection
    submission = replace(
        source.submission,
        template=template or _replaced(source.template, texts),
        parameters=_replaced_values(source.parameters, texts),
        tags=_replaced_values(source.tags, texts),
    )
    if source.updated is not None:
        copy.updated = copy.timestamp()
    stacks.create(backend, copy, submission)
    if copy.status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
        raise ValueError(f"the stack {copy.name} cannot be copied: {[event.reason for event in copy.events]}")


def _replaced(text: str, texts: Mapping[str, str]) -> str:
    for before, after in texts.items():
        text = text.replace(before, after)
    return text


def _replaced_values(values: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    return {key: _replaced(value, texts) for key, value in values.items()}
