"""The baseline: the templates of the stacks in every account of an environment."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from troposphere import Template

from bootstrap.model import names
from bootstrap.spec.spec import protected_roles
from bootstrap.templates.boundary import permissions_boundary
from bootstrap.templates.roles import deploy_role, execution_role
from bootstrap.templates.secret_entries import secret

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from bootstrap.model.resource import Json
    from bootstrap.spec.models import Budget
    from bootstrap.spec.spec import Account, Entry, Spec

_FORECAST: Final = ("FORECASTED", 100)
"""Alarms in advance, when AWS expects the month's costs to exceed the budget. It needs about five weeks of costs.
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
"""


class Baselines:
    """The templates of the accounts of one Spec.

    Equal templates are one object, and accounts with the same stacks get one mapping, so that whoever compares,
    measures or renders thousands of accounts can do so once for each object.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._stacks: dict[Hashable, Mapping[str, Mapping[str, Json]]] = {}
        self._baselines: dict[Hashable, Mapping[str, Json]] = {}
        self._budgets: dict[Hashable, Mapping[str, Json]] = {}

    def of(self, account: Account) -> Mapping[str, Mapping[str, Json]]:
        """The templates of an account by the names of their stacks; none for an account without an environment.

        The budget has its own stack. A member account may not create budgets for up to a day after the
        organization was created ("ask the payer account to enable budgets first"), and a stack whose creation
        fails is rolled back as a whole.
        """
        if not account.environment:
            return {}
        same = (account.environment, account.application, account.owner)
        if same not in self._stacks:
            stacks = {names.BASELINE_STACK: self.baseline(account)}
            if budget := self._spec.environments[account.environment].budget:
                stacks[names.BUDGET_STACK] = self._budget(budget, account)
            self._stacks[same] = stacks
        return self._stacks[same]

    def baseline(self, account: Account) -> Mapping[str, Json]:
        """The template of the baseline's stack, for an account with an environment."""
        entries = tuple(self._spec.entries_in(account))
        same = (account.environment, *(entry.name for entry in entries))
        if same not in self._baselines:
            self._baselines[same] = _baseline(account.environment, entries, self._spec)
        return self._baselines[same]

    def _budget(self, budget: Budget, account: Account) -> Mapping[str, Json]:
        same = (account.environment, account.owner)
        if same not in self._budgets:
            self._budgets[same] = _plain(
                {
                    "AWSTemplateFormatVersion": "2010-09-09",
                    "Description": f"The org-bootstrap budget of the environment {account.environment}.",
                    "Resources": {"MonthlyBudget": monthly_budget(budget, account.owner)},
                }
            )
        return self._budgets[same]


def _baseline(environment: str, entries: Iterable[Entry], spec: Spec) -> Mapping[str, Json]:
    template = Template(f"The org-bootstrap baseline of the environment {environment}.")
    template.set_version()
    boundary = permissions_boundary(list(protected_roles(spec.organization).values()))
    template.add_resource(boundary)
    template.add_resource(execution_role(environment, boundary.ref()))
    if deploy := spec.environments[environment].deploy:
        template.add_resource(deploy_role(environment, deploy, spec))
    for entry in entries:
        template.add_resource(secret(entry, environment))
    return _plain(template.to_dict())


def _plain(template: Mapping[str, Any]) -> Mapping[str, Json]:
    """The template as plain values, with its keys sorted."""
    plain: Mapping[str, Json] = json.loads(json.dumps(template, sort_keys=True))
    return plain


def monthly_budget(budget: Budget, owner: str) -> dict[str, Json]:
    """The resource as plain JSON, not troposphere's: each owner needs another one, and there may be thousands."""
    # CreateNotification rejects the same threshold twice (DuplicateRecordException). A budget may have ten
    # notifications (the API's NotificationWithSubscribersList): at most five from the YAML, and the forecast.
    alarms = [("ACTUAL", percent) for percent in sorted(set(budget.notify_at_percent))] + [_FORECAST]
    return {
        "Type": "AWS::Budgets::Budget",
        "Properties": {
            "Budget": {
                "BudgetName": _budget_name(alarms, owner),
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": budget.monthly_usd, "Unit": "USD"},
            },
            "NotificationsWithSubscribers": [_notification(kind, percent, owner) for kind, percent in alarms],
        },
    }


def _budget_name(alarms: list[tuple[str, int]], owner: str) -> str:
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
