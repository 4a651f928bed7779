"""Wait until a new account can be used: its state, then its access role, then its services.

"You might need to wait a few minutes" (API reference, CreateAccount).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from bootstrap.model.errors import AwsError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.api import AwsApi

T = TypeVar("T")

_EVERY_S: Final = 5.0
# AWS documents no maximum; other tools wait ten minutes and more.
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
"""The errors of an account whose access role or services do not exist yet."""


def wait_until_usable(aws: AwsApi, account: str, probe: Callable[[], T], say: Callable[[str], None]) -> T:
    """The result of `probe`, a read inside the account, once it succeeds. Raises WaitError for a closed account."""
    reported = ""

    def usable() -> tuple[T] | None:
        nonlocal reported
        missing = _state(aws, account)
        if missing == _ACTIVE:
            try:
                return (probe(),)
            except AwsError as error:
                if error.code not in NOT_YET:
                    raise
                missing = error.code
        if missing != reported:
            reported = missing
            say(f"waiting until the account can be used ({missing})")
        return None

    what = f"waiting until the account {account} can be used"
    return aws.until(usable, what=what, every_s=_EVERY_S, timeout_s=_USABLE_WITHIN_S)[0]


def _state(aws: AwsApi, account: str) -> str:
    """An endpoint older than Account.State (botocore 1.42.80) does not have it: then only the probe decides."""
    state: str = aws.call("organizations.DescribeAccount", AccountId=account)["Account"].get("State", _ACTIVE)
    if state not in {_PENDING, _ACTIVE}:
        raise WaitError(
            f"the account {account} is {state}, and cannot be used",
            hint="only AWS support can reopen it; set `state: closed` in the YAML, or use a new e-mail",
        )
    return state
