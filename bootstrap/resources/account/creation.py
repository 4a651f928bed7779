"""Create an account once, even if an earlier run was interrupted or an answer was lost.

No operation of Organizations takes an idempotency token. The e-mail identifies an account, but the status of a request
has only the account's name (shape CreateAccountStatus). So requests are found by name, and accounts by e-mail.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bootstrap import facts
from bootstrap.aws import limits
from bootstrap.aws.retry import UNANSWERED
from bootstrap.model.errors import AwsError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.simulate import SimulatedCall

_EVERY_S = 5.0
_FOUND_WITHIN_S = 300.0
_LOST_ANSWERS_MAX = 20
# AWS refuses more at once.
_IN_CREATION = threading.BoundedSemaphore(facts.ACCOUNTS_BEING_CREATED_MAX)
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html
_HINTS = {
    "EMAIL_ALREADY_EXISTS": "the e-mail belongs to an AWS account outside this organization, or to a closed one: "
    "use another",
    "CONCURRENT_ACCOUNT_MODIFICATION": "another request for this account is in progress: run again in a few minutes",
    "INVALID_EMAIL": "AWS does not accept this e-mail: use another",
    "INTERNAL_FAILURE": "AWS asks to try again later",
}
_OTHER_REASONS = "see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html"


@dataclass(frozen=True, slots=True)
class NewAccount:
    email: str
    name: str
    tags: list[dict[str, str]]


class Made(NamedTuple):
    """The account's id, and whether this run created it: only then is it known to have our tags."""

    id: str
    by_us: bool


class Earlier(NamedTuple):
    """Requests in progress by the name of their account, and accounts by e-mail, in lower case as AWS compares them.

    The accounts were listed after the requests, so every earlier request is in one of the two.
    """

    requests: Mapping[str, str]
    accounts: Mapping[str, str]


def earlier(inventory: Inventory) -> Earlier:
    aws = inventory.aws
    requests = aws.pages("organizations.ListCreateAccountStatus", "CreateAccountStatuses", States=["IN_PROGRESS"])
    return Earlier({request["AccountName"]: request["Id"] for request in requests}, _listed(aws))


def make(aws: AwsApi, inventory: Inventory, new: NewAccount, say: Callable[[str], None]) -> Made:
    """Create the account, or find the one of an earlier request. Raises WaitError if AWS creates none."""
    with _IN_CREATION:
        before = inventory.read(earlier)
        for _ in range(_LOST_ANSWERS_MAX):
            if account_id := _find(aws, new, before, say):
                return Made(account_id, by_us=False)
            try:
                return _ask(aws, new, say)
            except AwsError as error:
                if error.code not in UNANSWERED:
                    raise
            # The answer was lost: look for that request before making another.
            before = earlier(inventory)
    raise WaitError(f"creating {new.name} failed: every answer from AWS was lost", hint="run again later")


def _find(aws: AwsApi, new: NewAccount, before: Earlier, say: Callable[[str], None]) -> str | None:
    """The account, if it exists or is being created. A request with its name may be for another account."""
    request = before.requests.get(new.name)
    if request is None:
        return before.accounts.get(new.email.lower())
    say("it was already requested")
    _end(aws, new, request, say)
    return _listed(aws).get(new.email.lower())


def _listed(aws: AwsApi) -> Mapping[str, str]:
    return {found["Email"].lower(): found["Id"] for found in aws.pages("organizations.ListAccounts", "Accounts")}


def _ask(aws: AwsApi, new: NewAccount, say: Callable[[str], None]) -> Made:
    asked = aws.call(
        "organizations.CreateAccount",
        Email=new.email,
        AccountName=new.name,
        RoleName=aws.access_role,
        Tags=new.tags,
    )
    status = _end(aws, new, asked["CreateAccountStatus"]["Id"], say)
    if status["State"] == "SUCCEEDED":
        return Made(status["AccountId"], by_us=True)
    reason: str = status.get("FailureReason", "no reason given")
    failure = _failure(new, reason)
    # An earlier request for the same account: it may not be listed yet.
    if reason in {"EMAIL_ALREADY_EXISTS", "CONCURRENT_ACCOUNT_MODIFICATION"}:
        return Made(_wait_until_listed(aws, new, failure), by_us=False)
    raise failure


def _failure(new: NewAccount, reason: str) -> WaitError:
    message, limit = f"creating {new.name} failed: {reason}", limits.LIMITS.get(reason)
    if limit is not None:
        return WaitError(limit.added_to(message), hint=limit.advice, reason=reason)
    return WaitError(message, hint=_HINTS.get(reason, _OTHER_REASONS), reason=reason)


def _end(aws: AwsApi, new: NewAccount, request: str, say: Callable[[str], None]) -> Mapping[str, Any]:
    say("waiting for AWS to create the account")

    def ended() -> Mapping[str, Any] | None:
        answer = aws.call("organizations.DescribeCreateAccountStatus", CreateAccountRequestId=request)
        status: Mapping[str, Any] = answer["CreateAccountStatus"]
        return None if status["State"] == "IN_PROGRESS" else status

    timeout_s = facts.ACCOUNT_CREATION_TIMEOUT_S
    return aws.until(ended, what=f"creating the account {new.name}", every_s=_EVERY_S, timeout_s=timeout_s)


def _wait_until_listed(aws: AwsApi, new: NewAccount, failure: WaitError) -> str:
    try:
        return aws.until(
            lambda: _listed(aws).get(new.email.lower()),
            what=f"finding the account of {new.email}",
            every_s=_EVERY_S,
            timeout_s=_FOUND_WITHIN_S,
        )
    except WaitError as error:
        raise failure from error


def simulate(call: SimulatedCall) -> Mapping[str, Any] | None:
    """What AWS answers if it creates the account at once."""
    match call.operation:
        case "ListCreateAccountStatus":
            return {"CreateAccountStatuses": []}
        case "ListAccounts" if "organization" in call.state:
            return {"Accounts": []}
        case "CreateAccount":
            return {"CreateAccountStatus": {"Id": call.new_id}}
        case "DescribeCreateAccountStatus":
            return {"CreateAccountStatus": {"State": "SUCCEEDED", "AccountId": call.new_id}}
    return None
