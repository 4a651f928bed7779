"""The monthly budget of an account: it alarms the owner, and caps nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from bootstrap.model import names

if TYPE_CHECKING:
    from bootstrap.model.resource import Json
    from bootstrap.spec import models

_FORECAST: Final = ("FORECASTED", 100)
"""Alarms in advance, when AWS expects the month's costs to exceed the budget. It needs about five weeks of costs.
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
"""


def monthly_budget(budget: models.Budget, owner: str) -> dict[str, Json]:
    """The resource as plain JSON, not troposphere's: each owner needs another one, and there may be thousands."""
    # CreateNotification rejects the same threshold twice (DuplicateRecordException). A budget may have ten
    # notifications (the API's NotificationWithSubscribersList): at most five from the YAML, and the forecast.
    alarms = [("ACTUAL", percent) for percent in sorted(set(budget.notify_at_percent))] + [_FORECAST]
    return {
        "Type": "AWS::Budgets::Budget",
        "Properties": {
            "Budget": {
                "BudgetName": _name(alarms, owner),
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": budget.monthly_usd, "Unit": "USD"},
            },
            "NotificationsWithSubscribers": [_notification(kind, percent, owner) for kind, percent in alarms],
        },
    }


def _name(alarms: list[tuple[str, int]], owner: str) -> str:
    """A name that changes when the notifications change.

    CloudFormation replaces a budget whose notifications change, and creates the new one before it deletes the old
    one. With the same name this fails: "the budget already exists".
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/365
    """
    return f"{names.BUDGET}-{hashlib.sha256(repr((alarms, owner)).encode()).hexdigest()[:8]}"


def _notification(kind: str, percent: int, owner: str) -> Json:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": owner}],
    }
