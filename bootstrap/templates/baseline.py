"""The baseline: the templates of the stacks in every account of an environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from troposphere import Template

from bootstrap.model import names
from bootstrap.spec.spec import protected_roles
from bootstrap.templates.boundary import permissions_boundary
from bootstrap.templates.budget import monthly_budget
from bootstrap.templates.roles import deploy_role, execution_role
from bootstrap.templates.secret_entries import secret

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Account, Entry, Spec


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
            self._stacks[same] = self._make(account)
        return self._stacks[same]

    def _make(self, account: Account) -> Mapping[str, Mapping[str, Json]]:
        stacks = {names.BASELINE_STACK: self.baseline(account)}
        if self._spec.environments[account.environment].budget:
            stacks[names.BUDGET_STACK] = self._budget(account.environment, account.owner)
        return stacks

    def baseline(self, account: Account) -> Mapping[str, Json]:
        """The template of the baseline's stack, for an account with an environment."""
        entries = tuple(self._spec.entries_in(account))
        same = (account.environment, *(entry.name for entry in entries))
        if same not in self._baselines:
            self._baselines[same] = _baseline(account.environment, entries, self._spec)
        return self._baselines[same]

    def _budget(self, environment: str, owner: str) -> Mapping[str, Json]:
        if (environment, owner) not in self._budgets:
            budget = self._spec.environments[environment].budget
            assert budget is not None
            self._budgets[environment, owner] = _plain(
                {
                    "AWSTemplateFormatVersion": "2010-09-09",
                    "Description": f"The org-bootstrap budget of the environment {environment}.",
                    "Resources": {"MonthlyBudget": monthly_budget(budget, owner)},
                }
            )
        return self._budgets[environment, owner]


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
