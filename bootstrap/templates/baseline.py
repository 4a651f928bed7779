"""The baseline: the templates of the stacks that every account of an environment gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Template

from bootstrap.model import names
from bootstrap.templates.boundary import permissions_boundary
from bootstrap.templates.budget import monthly_budget
from bootstrap.templates.roles import deploy_role, execution_role
from bootstrap.templates.secrets import secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from troposphere import AWSObject

    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Account, Entry, Spec


class Baselines:
    """Makes the templates of the accounts of one Spec; what is equal is made once, for there may be thousands."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._main: dict[tuple[str, ...], Mapping[str, Json]] = {}

    def of(self, account: Account) -> dict[str, Mapping[str, Json]]:
        """The templates of an account by the names of their stacks; none for an account of no environment.

        The budget has a stack of its own: a member account may make none for up to a day after the organization
        was made ("ask the payer account to enable budgets first"), and a stack that fails takes all of it back.
        """
        if not account.environment:
            return {}
        entries = tuple(self._spec.entries_in(account))
        alike = (account.environment, *(entry.name for entry in entries))
        if alike not in self._main:
            self._main[alike] = _main(account.environment, entries, self._spec)
        stacks = {names.BASELINE_STACK: self._main[alike]}
        if budget := self._spec.environments[account.environment].budget:
            stacks[names.BUDGET_STACK] = _template(
                f"The org-bootstrap budget of the environment {account.environment}.",
                [monthly_budget(budget, account.owner)],
            )
        return stacks


def _main(environment: str, entries: Iterable[Entry], spec: Spec) -> Mapping[str, Json]:
    boundary = permissions_boundary(spec.organization.access_role)
    resources = [boundary, execution_role(environment, boundary.ref())]
    if deploy := spec.environments[environment].deploy:
        resources.append(deploy_role(environment, deploy, spec))
    resources += [secret(entry, environment) for entry in entries]
    return _template(f"The org-bootstrap baseline of the environment {environment}.", resources)


def _template(description: str, resources: Iterable[AWSObject]) -> Mapping[str, Json]:
    template = Template(description)
    template.set_version()
    for resource in resources:
        template.add_resource(resource)
    plain: Mapping[str, Json] = json.loads(json.dumps(template.to_dict(), sort_keys=True))
    return plain
