from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.spec.models import Budget
from bootstrap.templates.baseline import monthly_budget

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec


def made(percents: list[int], owner: str = "alice@example.com", monthly_usd: int = 50) -> Any:
    return monthly_budget(Budget(monthly_usd=monthly_usd, notify_at_percent=percents), owner)["Properties"]


def alarms(budget: Any) -> list[tuple[str, int]]:
    notifications = [entry["Notification"] for entry in budget["NotificationsWithSubscribers"]]
    return [(notification["NotificationType"], notification["Threshold"]) for notification in notifications]


@pytest.mark.parametrize("key", ["developer-alice", "developer-bob", "orders-production"])
def test_only_the_owner_gets_the_alarms(spec: Spec, budgets: dict[str, Any], key: str) -> None:
    budget = budgets[key]["Resources"]["MonthlyBudget"]["Properties"]
    subscribers = [entry["Subscribers"] for entry in budget["NotificationsWithSubscribers"]]
    owner = {"Address": spec.accounts[key].owner, "SubscriptionType": "EMAIL"}
    assert subscribers == [[owner]] * len(subscribers) != []


def test_the_limit_is_a_monthly_cost_in_dollars() -> None:
    budget = made([80], monthly_usd=50)["Budget"]
    assert budget["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")


def test_each_percentage_and_the_forecast_alarm_once() -> None:
    assert alarms(made([100, 80, 80])) == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]


def test_a_budget_has_room_for_all_notifications_that_the_yaml_allows() -> None:
    assert len(alarms(made([10, 20, 30, 40, 50]))) <= 10


def test_the_name_changes_with_the_notifications_and_not_with_the_limit() -> None:
    def name(*args: Any) -> str:
        return str(made(*args)["Budget"]["BudgetName"])

    assert name([80]).startswith("org-bootstrap-monthly-")
    assert name([80], "alice@example.com", 50) == name([80, 80], "alice@example.com", 90)
    assert len({name([80]), name([90]), name([80], "bob@example.com")}) == 3
