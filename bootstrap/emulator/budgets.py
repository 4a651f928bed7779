"""Budgets: updates and subscribers, which moto lacks."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse

from bootstrap.emulator.patching import adds


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
