"""The types of moto's state of an organization, how to find things in it, and the errors of Organizations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, Protocol

from moto.organizations.exceptions import OrganizationsClientError
from moto.organizations.models import organizations_backends

if TYPE_CHECKING:
    from datetime import datetime

    from bootstrap.emulator.organizations.creation import Creation


class Organization(Protocol):
    id: str
    root_id: str
    feature_set: str
    master_account_id: str
    master_account_email: str


class Policy(Protocol):
    id: str
    arn: str
    name: str
    type: str
    content: str
    description: str
    aws_managed: bool
    tags: dict[str, str]
    attachments: list[Target]

    def describe(self) -> dict[str, dict[str, object]]: ...


class Target(Protocol):
    """What has policies and tags: the root, an OU or an account."""

    id: str
    arn: str
    name: str
    type: str
    parent_id: str | None
    tags: dict[str, str]
    attached_policies: list[Policy]


class Account(Target, Protocol):
    email: str
    create_time: datetime
    joined_method: str
    status: str
    state: str
    closing: int | None
    """How many more answers say PENDING_CLOSURE; None if the clock ends it. moto has no such field."""
    readiness: Literal["made", "entered", "usable"]
    """Whether roles of a new account can be assumed ("entered"), and its services used. moto has no such field."""


class Root(Target, Protocol):
    policy_types: list[dict[str, str]]


class State(Protocol):
    """moto's OrganizationsBackend."""

    account_id: str
    partition: str
    org: Organization | None
    accounts: list[Account]
    ou: list[Target]  # the root is the first of them
    policies: list[Policy]
    services: list[dict[str, str]]  # those with trusted access
    creations: dict[str, Creation]  # not moto's, like the two below
    closings: list[float]  # when accounts were closed
    finalized: float  # when FinalizingOrganizationException ends


ROOT_ID = re.compile(r"r-[0-9a-z]{4,32}")
OU_ID = re.compile(r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
ACCOUNT_ID = re.compile(r"\d{12}")
POLICY_ID = re.compile(r"p-[0-9a-zA-Z_]{8,128}")


def error(code: str, message: str, reason: str | None = None) -> Exception:
    """The exception that moto turns into the answer, with a `Reason` where the API model has one."""
    made: Exception = OrganizationsClientError(code, message)
    if reason is not None:
        made.Reason = reason  # type: ignore[attr-defined]
    return made


def constraint(reason: str, message: str) -> Exception:
    return error("ConstraintViolationException", message, reason)


def invalid(reason: str, message: str) -> Exception:
    return error("InvalidInputException", message, reason)


def not_in_use() -> Exception:
    return error("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")


def state_with(account_id: str, partition: str = "aws") -> State | None:
    """The organization of this account, if it is in one."""
    where = organizations_backends.master_accounts.get(account_id, (account_id, partition))
    state: State = organizations_backends[where[0]][where[1]]
    return None if state.org is None else state


def organization_of(state: State) -> Organization:
    if state.org is None:
        raise not_in_use()
    return state.org


def root_of(state: State) -> Root:
    return state.ou[0]  # type: ignore[return-value]


def find_account(state: State, account_id: str) -> Account | None:
    return next((account for account in state.accounts if account.id == account_id), None)


def account_of(state: State, account_id: str) -> Account:
    account = find_account(state, account_id)
    if account is None:
        raise error("AccountNotFoundException", "You specified an account that doesn't exist.")
    return account


def find_parent(state: State, parent_id: str) -> Target | None:
    """Find the root or an OU."""
    return next((unit for unit in state.ou if unit.id == parent_id), None)


def parent_of(state: State, parent_id: str) -> Target:
    parent = find_parent(state, parent_id)
    if parent is None:
        raise error("ParentNotFoundException", "You specified parent that doesn't exist.")
    return parent


def target_of(state: State, target_id: str) -> Target:
    if not any(shape.fullmatch(target_id) for shape in (ROOT_ID, OU_ID, ACCOUNT_ID)):
        raise invalid("INVALID_PATTERN_TARGET_ID", "You provided an invalid target id.")
    target = find_parent(state, target_id) or find_account(state, target_id)
    if target is None:
        raise error("TargetNotFoundException", "You specified a target that doesn't exist.")
    return target


def path_of(state: State, target: Target) -> str:
    """The path as in aws:PrincipalOrgPaths: o-example/r-example/ou-example/123456789012/.

    API model of Organizations 1.44.5, shape Path: it ends in a slash and begins with the organization's id.
    """
    ids = [target.id]
    parent = find_parent(state, target.parent_id) if target.parent_id else None
    while parent is not None:
        ids.append(parent.id)
        parent = find_parent(state, parent.parent_id) if parent.parent_id else None
    return "/".join([organization_of(state).id, *reversed(ids), ""])
