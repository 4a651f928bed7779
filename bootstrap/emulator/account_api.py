"""The account service: account names and information, which moto lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.account import urls
from moto.account.responses import AccountResponse
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import organizations_backends

from bootstrap.emulator.organizations.state import find_account, organization_of
from bootstrap.emulator.patching import adds

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.state import Account, State

NAME = re.compile(r"[ -;=?-~]{1,50}")  # API model of the account service, shape AccountName
TRUSTED_SERVICE = "account.amazonaws.com"

for _path in ("putAccountName", "getAccountInformation"):
    urls.url_paths[f"{{0}}/{_path}$"] = AccountResponse.dispatch


@adds(AccountResponse, "put_account_name")
def put_account_name(response: Any) -> EmptyResult:
    name = response._get_param("AccountName")  # noqa: SLF001 (moto's way)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        message = "The account name must be 1 to 50 printable ASCII characters other than < and >."
        raise AWSError(message, "ValidationException")
    _requested(response).name = name
    return EmptyResult()


@adds(AccountResponse, "get_account_information")
def get_account_information(response: Any) -> ActionResult:
    account = _requested(response)
    return ActionResult(
        {
            "AccountId": account.id,
            "AccountName": account.name,
            "AccountCreatedDate": account.create_time,
            # This service has no PENDING_CLOSURE (shape AccountState).
            "AccountState": "SUSPENDED" if account.state == "PENDING_CLOSURE" else account.state,
        }
    )


def _requested(response: Any) -> Account:
    """The account of the request, if the caller may ask for it.

    API model, AccountId: only the management account may name another account, which must be a member. It
    "can't specify its own AccountId". The organization needs all features "and trusted access enabled for the
    Account Management service".
    """
    caller: str = response.current_account
    asked = response._get_param("AccountId")  # noqa: SLF001 (moto's way)
    state = _organization_with(caller, response.partition)
    if asked is not None:
        if state is None or organization_of(state).master_account_id != caller:
            raise _denied("only the management account may specify an AccountId")
        if asked == caller:
            raise _denied("the management account cannot specify its own AccountId")
        if TRUSTED_SERVICE not in {service["ServicePrincipal"] for service in state.services}:
            raise _denied(f"trusted access for {TRUSTED_SERVICE} is not enabled in the organization")
    account = find_account(state, asked or caller) if state else None
    if account is None:
        raise _denied("the account is not in the organization")
    return account


def _organization_with(account_id: str, partition: str) -> State | None:
    management = organizations_backends.master_accounts.get(account_id, (account_id, partition))
    state: State = organizations_backends[management[0]][management[1]]
    return state if state.org is not None else None


def _denied(reason: str) -> Exception:
    error: Exception = AWSError(f"You are not authorized: {reason}.", "AccessDeniedException", status=403)
    return error
