"""AWS::Budgets::Budget."""

from __future__ import annotations

from typing import Any

from moto.budgets.models import Budget as MotoBudget
from moto.budgets.models import BudgetsBackend, budgets_backends

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceType


class Budget(ResourceType):
    name = "AWS::Budgets::Budget"
    properties = frozenset({"Budget", "NotificationsWithSubscribers", "ResourceTags"})
    required = frozenset({"Budget"})
    # Template reference: for NotificationsWithSubscribers "Update requires: Replacement"; the budget itself
    # changes in place, apart from its name.
    replaced_by = frozenset({"NotificationsWithSubscribers"})
    attributes = frozenset({"Id"})
    takes_tags = False

    def create(self, place: Place, new: Resource) -> None:
        want = new.properties
        _budgets(place).create_budget(
            account_id=place.account_id,
            budget=_data(new.physical_id, want),
            notifications=[_numbers(each) for each in want.get("NotificationsWithSubscribers", [])],
        )

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        budgets = _budgets(place).budgets[place.account_id]
        changed = MotoBudget(_data(have.physical_id, want), [])
        changed.notifications = budgets[have.physical_id].notifications
        budgets[have.physical_id] = changed

    def delete(self, place: Place, have: Resource) -> None:
        _budgets(place).budgets[place.account_id].pop(have.physical_id, None)

    def find(self, place: Place, name: str) -> str | None:
        return name if name in _budgets(place).budgets[place.account_id] else None

    def replaces(self, have: Properties, want: Properties) -> bool:
        renamed = have["Budget"].get("BudgetName") != want["Budget"].get("BudgetName")
        return renamed or super().replaces(have, want)

    def custom_name(self, want: Properties) -> str | None:
        name: str | None = want.get("Budget", {}).get("BudgetName")
        return name


def _budgets(place: Place) -> BudgetsBackend:
    return budgets_backends[place.account_id][place.partition]


def _data(name: str, want: Properties) -> dict[str, Any]:
    """The budget in the form of the Budgets API, in which amounts are strings."""
    data = {**want["Budget"], "BudgetName": name}
    if "BudgetLimit" in data:
        limit = data["BudgetLimit"]
        data["BudgetLimit"] = {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}
    return data


def _numbers(each: dict[str, Any]) -> dict[str, Any]:
    notification = {**each["Notification"], "Threshold": float(each["Notification"]["Threshold"])}
    return {"Notification": notification, "Subscribers": each["Subscribers"]}
