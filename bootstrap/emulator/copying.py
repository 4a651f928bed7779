"""Copies an account with its stacks: the quick way to a large organization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import cloudformation_backends
from moto.organizations.models import organizations_backends

from bootstrap.emulator.cloudformation import stacks
from bootstrap.emulator.organizations import accounts, policies
from bootstrap.emulator.organizations.creation import Creation, email_problem
from bootstrap.emulator.organizations.state import account_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator.cloudformation.stack import Stack
    from bootstrap.emulator.organizations.state import Account, State


def copy_account(account_id: str, texts: Mapping[str, str], templates: Mapping[str, str]) -> str:
    """Create an account with the parent, policies, tags and stacks of this one, and return its id.

    Each key of `texts` is replaced by its value in all texts. `templates` are template texts by stack name, for stacks
    that a replacement cannot derive. Raises ValueError for an e-mail address that Organizations would refuse, and for a
    stack that cannot be created.
    """
    management_id, partition = organizations_backends.master_accounts[account_id]
    state: State = organizations_backends[management_id][partition]
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
