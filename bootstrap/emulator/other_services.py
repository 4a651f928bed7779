"""What moto lacks of Budgets, Secrets Manager and the account service."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from moto.account import urls
from moto.account.responses import AccountResponse
from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import organizations_backends
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from bootstrap.emulator.organizations.state import find_account, organization_of
from bootstrap.emulator.patching import adds, original, replaces

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.state import Account, State

ACCOUNT_NAME = re.compile(r"[ -;=?-~]{1,50}")  # API model of the account service, shape AccountName
TRUSTED_SERVICE = "account.amazonaws.com"

for _path in ("putAccountName", "getAccountInformation"):
    urls.url_paths[f"{{0}}/{_path}$"] = AccountResponse.dispatch

_create_secret_moto = original(SecretsManagerBackend, "create_secret")


@replaces(SecretsManagerBackend, "create_secret")
def create_secret(backend: Any, name: str, **secret: Any) -> str:
    """API reference, CreateSecret: InvalidRequestException while the secret is scheduled for deletion."""
    if name in backend.secrets and backend.secrets[name].is_deleted():
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise InvalidRequestException(message)
    made: str = _create_secret_moto(backend, name, **secret)
    return made


@adds(BudgetsResponse, "update_budget")
def update_budget(response: Any) -> str:
    asked = response._get_param  # noqa: SLF001 (moto's way)
    new = asked("NewBudget")
    have = _budget(response, new["BudgetName"])
    made = Budget(new, [])
    # Notifications have operations of their own: updating a budget keeps them.
    made.notifications = have.notifications
    response.backend.budgets[asked("AccountId")][new["BudgetName"]] = made
    return "{}"


@adds(BudgetsResponse, "describe_subscribers_for_notification")
def describe_subscribers_for_notification(response: Any) -> str:
    asked = response._get_param  # noqa: SLF001 (moto's way)
    for notification in _budget(response, asked("BudgetName")).notifications:
        if _key(notification.details) == _key(asked("Notification")):
            return json.dumps({"Subscribers": notification.subscribers})
    message = "Unable to get subscribers - the notification doesn't exist."
    raise NotFoundException(message)


def _budget(response: Any, name: str) -> Budget:
    account_id = response._get_param("AccountId")  # noqa: SLF001 (moto's way)
    budgets = response.backend.budgets[account_id]
    if name not in budgets:
        message = f"Unable to get budget: {name} - the budget doesn't exist."
        raise NotFoundException(message)
    return budgets[name]


def _key(notification: dict[str, Any]) -> tuple[object, ...]:
    """The identity of a notification (API reference, Notification). ThresholdType has a default."""
    return (
        notification["NotificationType"],
        notification["ComparisonOperator"],
        float(notification["Threshold"]),
        notification.get("ThresholdType", "PERCENTAGE"),
    )


@adds(AccountResponse, "put_account_name")
def put_account_name(response: Any) -> EmptyResult:
    name = response._get_param("AccountName")  # noqa: SLF001 (moto's way)
    if not isinstance(name, str) or not ACCOUNT_NAME.fullmatch(name):
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
