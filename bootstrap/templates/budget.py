"""The monthly budget of an account: an alarm to its owner, not a cap."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from troposphere.budgets import (
    Budget,
    BudgetData,
    Notification,
    NotificationWithSubscribers,
    Spend,
    Subscriber,
)

from bootstrap.model import names

if TYPE_CHECKING:
    from bootstrap.spec import models

_FORECAST: Final = ("FORECASTED", 100)
"""Said in time: by the end of the month the budget will be spent. AWS needs some five weeks of costs for it.
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
"""


def monthly_budget(wanted: models.Budget, owner: str) -> Budget:
    # The same threshold twice is an error (DuplicateRecordException of CreateNotification). A budget takes
    # ten notifications (the API's NotificationWithSubscribersList): five from the YAML, and the forecast.
    alarms = [("ACTUAL", percent) for percent in sorted(set(wanted.notify_at_percent))] + [_FORECAST]
    return Budget(
        "MonthlyBudget",
        Budget=BudgetData(
            BudgetName=_name(alarms, owner),
            BudgetType="COST",
            TimeUnit="MONTHLY",
            BudgetLimit=Spend(Amount=wanted.monthly_usd, Unit="USD"),
        ),
        NotificationsWithSubscribers=[_notification(sort, percent, owner) for sort, percent in alarms],
    )


def _name(alarms: list[tuple[str, int]], owner: str) -> str:
    """A name that changes with the notifications.

    CloudFormation replaces a budget whose notifications change, and makes the new one before it deletes the
    old: under one name that fails, "the budget already exists".
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/365
    """
    return f"{names.BUDGET}-{hashlib.sha256(repr((alarms, owner)).encode()).hexdigest()[:8]}"


def _notification(sort: str, percent: int, owner: str) -> NotificationWithSubscribers:
    return NotificationWithSubscribers(
        Notification=Notification(
            NotificationType=sort,
            ComparisonOperator="GREATER_THAN",
            Threshold=percent,
            ThresholdType="PERCENTAGE",
        ),
        Subscribers=[Subscriber(SubscriptionType="EMAIL", Address=owner)],
    )
