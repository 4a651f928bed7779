"""Operations that moto lacks: Budgets, Secrets Manager, account service, Resource Groups Tagging API."""

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
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import organizations_backends
from moto.resourcegroupstaggingapi import models
from moto.resourcegroupstaggingapi.exceptions import ResourceGroupsTaggingAPIError
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from bootstrap.emulator.organizations.state import find_account, organization_of, state_with
from bootstrap.emulator.patching import adds, original, replaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator.organizations.state import Account, State

ACCOUNT_NAME = re.compile(r"[ -;=?-~]{1,50}")  # API model of the account service, shape AccountName
TRUSTED_SERVICE = "account.amazonaws.com"

for _path in ("putAccountName", "getAccountInformation"):
    urls.url_paths[f"{{0}}/{_path}$"] = AccountResponse.dispatch

# Organizations User Guide, endpoints: the only Region with resources of Organizations.
ORGANIZATIONS_REGION = "us-east-1"
# API reference, GetResources, ResourcesPerPage.
TAGGED_RESOURCES_PER_PAGE = range(1, 101)
TAGGED_RESOURCES_BY_DEFAULT = 50

_create_secret_moto = original(SecretsManagerBackend, "create_secret")
_iter_taggable_backends_moto = original(models, "iter_taggable_backends")


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
    raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")


def _budget(response: Any, name: str) -> Budget:
    account_id = response._get_param("AccountId")  # noqa: SLF001 (moto's way)
    budgets = response.backend.budgets[account_id]
    if name not in budgets:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
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
    state = state_with(caller, response.partition)
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


def _denied(reason: str) -> Exception:
    error: Exception = AWSError(f"You are not authorized: {reason}.", "AccessDeniedException", status=403)
    return error


@replaces(models, "iter_taggable_backends")
def iter_taggable_backends(account_id: str, region: str) -> Iterator[object]:
    yield from _iter_taggable_backends_moto(account_id, region)
    for state in organizations_backends[account_id].values() if region == ORGANIZATIONS_REGION else ():
        if state.org is not None:
            yield _OrganizationTags(state)


class _OrganizationTags:
    """The interface of moto's TaggableResourcesMixin."""

    def __init__(self, state: State) -> None:
        self._state = state

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        state = self._state
        kinds = {"ROOT": "root", "ORGANIZATIONAL_UNIT": "ou", "ACCOUNT": "account"}
        for target in [*state.ou, *state.accounts]:
            yield TaggedResource(target.arn, target.tags, f"organizations:{kinds[target.type]}")
        for policy in state.policies:
            yield TaggedResource(policy.arn, policy.tags, "organizations:policy")

    def owns_arn(self, arn: str) -> bool:
        return ":organizations:" in arn


@replaces(ResourceGroupsTaggingAPIResponse, "get_resources")
def get_resources(response: Any) -> ActionResult:
    """Answer one page. moto ends each page at 100 tags; AWS does so only for TagsPerPage, and recommends
    ResourcesPerPage instead.
    """
    asked = response._get_param  # noqa: SLF001 (moto's way)
    size = int(asked("ResourcesPerPage") or TAGGED_RESOURCES_BY_DEFAULT)
    token = asked("PaginationToken") or "0"
    if size not in TAGGED_RESOURCES_PER_PAGE:
        raise ResourceGroupsTaggingAPIError("InvalidParameterException", "ResourcesPerPage must be between 1 and 100")
    if not token.isdigit():
        raise ResourceGroupsTaggingAPIError("PaginationTokenExpiredException", "The PaginationToken is not valid")
    found = list(
        response.backend._get_resources_generator(  # noqa: SLF001 (moto's way)
            tag_filters=asked("TagFilters") or [],
            resource_type_filters=asked("ResourceTypeFilters") or [],
            resource_arn_list=asked("ResourceARNList") or [],
        )
    )
    end = int(token) + size
    page = [{"ResourceARN": each.arn, "Tags": _as_list(each.tags)} for each in found[int(token) : end]]
    # On AWS the token of the last page is an empty string.
    return ActionResult({"ResourceTagMappingList": page, "PaginationToken": str(end) if end < len(found) else ""})


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
