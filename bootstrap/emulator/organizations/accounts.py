"""Accounts: creation, description and closing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.core.utils import unix_time
from moto.iam.models import iam_backends
from moto.organizations import models

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations import closing, errors, full_access
from bootstrap.emulator.organizations.creation import Creation
from bootstrap.emulator.organizations.creation_checks import check_may_create, check_names, email_problem
from bootstrap.emulator.organizations.operation import later, operation, page_of
from bootstrap.emulator.organizations.state import account_of, organization_of, parent_of, path_of
from bootstrap.emulator.organizations.tag_rules import checked_tags
from bootstrap.emulator.profile import AT_ONCE

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Account, State

ADMINISTRATOR = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@operation("create_account")
def create_account(state: State, request: Request) -> Answer:
    """Start to create an account; DescribeCreateAccountStatus answers when it exists."""
    check_may_create(state)
    email, name = request["Email"], request["AccountName"]
    role_name = request.get("RoleName") or "OrganizationAccountAccessRole"
    check_names(name, role_name)
    span = CURRENT.profile.delays.account_creation
    creation = Creation(
        email=email,
        name=name,
        role_name=role_name,
        tags=checked_tags({}, request.get("Tags", [])),
        failure=CURRENT.failures.of_account(email) or email_problem(state, email),
        polls=CURRENT.polls if span == AT_ONCE else None,
    )
    state.creations[creation.id] = creation
    if creation.polls is None:
        later(state, span, lambda: finish(state, creation))
    # API model: AccountId is there "if the account was created successfully", and so not yet.
    return {"CreateAccountStatus": creation.described()}


@operation("describe_create_account_status")
def describe_create_account_status(state: State, request: Request) -> Answer:
    creation = state.creations.get(request["CreateAccountRequestId"])
    if creation is None:
        message = "We can't find a create account request with the CreateAccountRequestId that you specified."
        raise errors.error("CreateAccountStatusNotFoundException", message)
    _poll(state, creation)
    return {"CreateAccountStatus": creation.described()}


@operation("list_create_account_status")
def list_create_account_status(state: State, request: Request) -> Answer:
    states = request.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    found = [creation for creation in state.creations.values() if creation.state in states]
    page, token = page_of(found, request)
    return {"CreateAccountStatuses": [creation.described() for creation in page], **token}


@operation("list_accounts")
def list_accounts(state: State, request: Request) -> Answer:
    if not request.get("NextToken"):
        # AWS finishes a request whether or not a client polls its status.
        for creation in list(state.creations.values()):
            _poll(state, creation)
    page, token = page_of(state.accounts, request)
    return {"Accounts": [_described(state, account) for account in page], **token}


@operation("list_accounts_for_parent")
def list_accounts_for_parent(state: State, request: Request) -> Answer:
    parent = parent_of(state, request["ParentId"])
    page, token = page_of([each for each in state.accounts if each.parent_id == parent.id], request)
    return {"Accounts": [_described(state, account) for account in page], **token}


@operation("describe_account")
def describe_account(state: State, request: Request) -> Answer:
    return {"Account": _described(state, account_of(state, request["AccountId"]))}


@operation("close_account")
def close_account(state: State, request: Request) -> Answer:
    """Start to close an account.

    API reference, CloseAccount: it is asynchronous. The account is PENDING_CLOSURE; then its State is CLOSED and its
    Status SUSPENDED.
    """
    account = account_of(state, request["AccountId"])
    if account.id == organization_of(state).master_account_id:
        message = "You can't close the management account."
        raise errors.constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", message)
    if account.state in {"PENDING_CLOSURE", "CLOSED"}:
        message = "You attempted to close an account that is already closed."
        raise errors.error("AccountAlreadyClosedException", message)
    closing.begin(state, account)
    return None


def _poll(state: State, creation: Creation) -> None:
    """Count a poll of a request; after the last one, the account exists or has failed."""
    if creation.state != "IN_PROGRESS" or creation.polls is None:
        return
    if creation.polls > 0:
        creation.polls -= 1
    else:
        finish(state, creation)


def finish(state: State, creation: Creation) -> None:
    if creation.failure is not None:
        creation.finish("FAILED")
    else:
        account = _make(state, creation)
        creation.account_id = account.id
        creation.finish("SUCCEEDED")
        _make_usable(account)


def _make_usable(account: Account) -> None:
    """API reference, CreateAccount: it can be successful "even though account initialization might still be in
    progress. You might need to wait a few minutes before you can successfully access the account".

    Its State is PENDING_ACTIVATION
    (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html). At first no
    role of it can be assumed, and then its services still refuse it.
    """
    seconds = CURRENT.profile.delays.account_usable.pick(CURRENT.random)
    account.readiness, account.state = "made", "PENDING_ACTIVATION"

    def entered() -> None:
        account.readiness = "entered"

    def usable() -> None:
        account.readiness = "usable"
        if account.state == "PENDING_ACTIVATION":
            account.state = "ACTIVE"

    CURRENT.scheduler.after(seconds / 2, entered)
    CURRENT.scheduler.after(seconds, usable)


def _make(state: State, creation: Creation) -> Account:
    account: Account = models.FakeAccount(
        organization_of(state),
        AccountName=creation.name,
        Email=creation.email,
        RoleName=creation.role_name,
    )
    account.tags = creation.tags
    account.closing, account.readiness = 0, "made"
    # API reference, CreateAccount, RoleName: "The role has administrator permissions in the new account".
    iam = iam_backends[account.id][state.partition]
    iam.put_role_policy(creation.role_name, "AdministratorAccess", ADMINISTRATOR)
    state.accounts.append(account)
    models.organizations_backends.master_accounts[account.id] = (state.account_id, state.partition)
    full_access.attach_enabled(state, account)
    return account


def _described(state: State, account: Account) -> dict[str, object]:
    closing.poll(account)
    described: dict[str, object] = {
        "Id": account.id,
        "Arn": account.arn,
        "Email": account.email,
        "Name": account.name,
        "Status": account.status,
        "JoinedMethod": account.joined_method,
        "JoinedTimestamp": unix_time(account.create_time),
    }
    if CURRENT.profile.paths:
        described["State"] = account.state
        described["Paths"] = [path_of(state, account)]
    return described
