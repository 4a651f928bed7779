"""When a new account can be used: asked for in the order in which AWS gets it ready, not slept for.

An account is there before anybody can enter it, and entered before its services answer: "You might need to wait a
few minutes" (API reference, CreateAccount).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import AwsError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.api import AwsApi
    from bootstrap.resources.baseline.stack import Stack

_EVERY_S: Final = 5.0
# AWS gives no bound; tools wait ten minutes and more for the services of a new account.
_USABLE_WITHIN_S: Final = 900.0
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
_PENDING: Final = "PENDING_ACTIVATION"
_ACTIVE: Final = "ACTIVE"
# https://github.com/org-formation/org-formation-cli/issues/133 (the query protocol),
# https://github.com/awslabs/aws-deployment-framework/issues/243 (JSON)
NOT_YET: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InvalidClientTokenId",
        "OptInRequired",
        "RegionDisabledException",
        "SubscriptionRequiredException",
    }
)
"""What an account answers whose role, or whose services, are not there yet."""


def wait_until_usable(stack: Stack, say: Callable[[str], None]) -> None:
    """Wait until a stack can be made in its account. Raises WaitError for an account that never will be usable."""
    account, told = stack.at.account, ""

    def usable() -> bool | None:
        nonlocal told
        missing = _missing(stack)
        if missing and missing != told:
            told = missing
            say(f"waiting until the account can be used ({missing})")
        return None if missing else True

    what = f"waiting until the account {account} can be used"
    stack.aws.until(usable, what=what, every_s=_EVERY_S, timeout_s=_USABLE_WITHIN_S)


def _missing(stack: Stack) -> str:
    """What still stands against using the account, in AWS's word; nothing once it can be used."""
    state = _state(stack.aws, stack.at.account)
    if state == _PENDING:
        return state
    if state != _ACTIVE:
        raise WaitError(
            f"the account {stack.at.account} is {state}, and cannot be used",
            hint="only AWS's support can open it again; say `state: closed` in the YAML, or use a new e-mail",
        )
    try:
        stack.describe()  # enters the account, and asks the service
    except AwsError as error:
        if error.code not in NOT_YET:
            raise
        return error.code
    return ""


def _state(aws: AwsApi, account: str) -> str:
    """An endpoint older than Account.State (botocore 1.42.80) tells nothing: then the probes alone decide."""
    state: str = aws.call("organizations.DescribeAccount", AccountId=account)["Account"].get("State", _ACTIVE)
    return state
