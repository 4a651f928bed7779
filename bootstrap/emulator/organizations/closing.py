"""CloseAccount, which takes time, and its quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.emulator.limits import CLOSINGS_IN_PROGRESS, closings_in_30_days
from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations import errors
from bootstrap.emulator.organizations.operation import later
from bootstrap.emulator.profile import AT_ONCE

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.state import Account, State

_WINDOW_S: Final = 30 * 86_400


def begin(state: State, account: Account) -> None:
    """Limits page, "Number of accounts you can close": 3 at a time, and a quota for 30 days."""
    now = CURRENT.scheduler.now()
    # An account that waits for polls may wait for ever, and does not count.
    in_progress = sum(each.state == "PENDING_CLOSURE" and each.closing is None for each in state.accounts)
    if in_progress >= CLOSINGS_IN_PROGRESS:
        message = "You have exceeded the number of accounts that you can close at a time."
        raise errors.constraint("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", message)
    state.closings = [each for each in state.closings if each > now - _WINDOW_S]
    if len(state.closings) >= closings_in_30_days(len(state.accounts) - 1):
        message = "You have exceeded close account quota for the past 30 days."
        raise errors.constraint("CLOSE_ACCOUNT_QUOTA_EXCEEDED", message)
    state.closings.append(now)
    account.state = account.status = "PENDING_CLOSURE"
    span = CURRENT.profile.delays.account_closing
    account.closing = CURRENT.polls if span == AT_ONCE else None
    if account.closing is None:
        later(state, span, lambda: _end(account))


def poll(account: Account) -> None:
    """Count a poll of an account; after the last one, it is closed."""
    if account.state != "PENDING_CLOSURE" or account.closing is None:
        return
    if account.closing == 0:
        _end(account)
    else:
        account.closing -= 1


def _end(account: Account) -> None:
    account.state, account.status = "CLOSED", "SUSPENDED"
