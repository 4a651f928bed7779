"""Accounts: creation, description and closing."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from moto.core.utils import unix_time
from moto.iam.models import iam_backends
from moto.organizations import models

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations import policies
from bootstrap.emulator.organizations.creation import Creation, check_may_create, check_names, email_problem
from bootstrap.emulator.organizations.operation import later, operation, page_of
from bootstrap.emulator.organizations.state import account_of, constraint, error, organization_of, parent_of, path_of
from bootstrap.emulator.organizations.tags import checked_tags
from bootstrap.emulator.profile import AT_ONCE

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Account, State

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
CLOSINGS_IN_PROGRESS = 3
CLOSINGS_WINDOW_S = 30 * 86_400
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
        failure=CURRENT.failures.take("account", email.lower()) or email_problem(state, email),
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
        raise error("CreateAccountStatusNotFoundException", message)
    _poll(state, creation)
    return {"CreateAccountStatus": creation.described()}


@operation("list_create_account_status")
def list_create_account_status(state: State, request: Request) -> Answer:
    states = request.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    found = [creation for creation in state.creations.values() if creation.state in states]
    return page_of("CreateAccountStatuses", found, Creation.described, request)


@operation("list_accounts")
def list_accounts(state: State, request: Request) -> Answer:
    if not request.get("NextToken"):
        # AWS finishes a request whether or not a client polls its status.
        for creation in list(state.creations.values()):
            _poll(state, creation)
    return page_of("Accounts", state.accounts, partial(_described, state), request)


@operation("list_accounts_for_parent")
def list_accounts_for_parent(state: State, request: Request) -> Answer:
    parent = parent_of(state, request["ParentId"])
    found = [each for each in state.accounts if each.parent_id == parent.id]
    return page_of("Accounts", found, partial(_described, state), request)


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
        raise constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.")
    if account.state in {"PENDING_CLOSURE", "CLOSED"}:
        raise error("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    _begin_closing(state, account)
    return None


def closings_in_30_days(members: int) -> int:
    """API reference, CloseAccount: "the higher of either 250 or 20% of the member accounts", at most 1,000."""
    return min(max(250, members // 5), 1_000)


def _begin_closing(state: State, account: Account) -> None:
    """Limits page, "Number of accounts you can close": 3 at a time, and a quota for 30 days."""
    now = CURRENT.scheduler.now()
    # An account that waits for polls may wait for ever, and does not count.
    in_progress = sum(each.state == "PENDING_CLOSURE" and each.closing is None for each in state.accounts)
    if in_progress >= CLOSINGS_IN_PROGRESS:
        message = "You have exceeded the number of accounts that you can close at a time."
        raise constraint("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", message)
    state.closings = [each for each in state.closings if each > now - CLOSINGS_WINDOW_S]
    if len(state.closings) >= closings_in_30_days(len(state.accounts) - 1):
        raise constraint("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "You have exceeded close account quota for the past 30 days.")
    state.closings.append(now)
    account.state = account.status = "PENDING_CLOSURE"
    span = CURRENT.profile.delays.account_closing
    account.closing = CURRENT.polls if span == AT_ONCE else None
    if account.closing is None:
        later(state, span, lambda: _end_closing(account))


def _poll_closing(account: Account) -> None:
    """Count a poll of an account; after the last one, it is closed."""
    if account.state != "PENDING_CLOSURE" or account.closing is None:
        return
    if account.closing == 0:
        _end_closing(account)
    else:
        account.closing -= 1


def _end_closing(account: Account) -> None:
    account.state, account.status = "CLOSED", "SUSPENDED"


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
    policies.attach_full_access(state, [account], policies.enabled_types(state))
    return account


def _described(state: State, account: Account) -> dict[str, object]:
    _poll_closing(account)
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
