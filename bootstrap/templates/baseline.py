"""The baseline: the templates of the stacks that every account of an environment gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Template

from bootstrap import names
from bootstrap.templates.boundary import permissions_boundary
from bootstrap.templates.budget import monthly_budget
from bootstrap.templates.roles import deploy_role, execution_role
from bootstrap.templates.secrets import secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from troposphere import AWSObject

    from bootstrap.model import Json
    from bootstrap.spec.spec import Account, Spec


def baseline(account: Account, spec: Spec) -> dict[str, Mapping[str, Json]]:
    """The templates of an account by the names of their stacks; none for an account of no environment.

    The budget has a stack of its own: a member account may make none for up to a day after the organization
    was made ("ask the payer account to enable budgets first"), and a stack that fails takes all of it back.
    """
    if not account.environment:
        return {}
    environment = spec.environments[account.environment]
    of = f"of the environment {account.environment}"
    stacks = {names.BASELINE_STACK: _template(f"The org-bootstrap baseline {of}.", _main(account, spec))}
    if environment.budget:
        budget = monthly_budget(environment.budget, account.owner)
        stacks[names.BUDGET_STACK] = _template(f"The org-bootstrap budget {of}.", [budget])
    return stacks


def _main(account: Account, spec: Spec) -> Iterable[AWSObject]:
    """Equal in accounts of one environment that hold the same entries."""
    environment = spec.environments[account.environment]
    boundary = permissions_boundary(spec.organization.access_role)
    yield boundary
    yield execution_role(account.environment, boundary.ref())
    if environment.deploy:
        yield deploy_role(account.environment, environment.deploy, spec)
    for entry in spec.entries_in(account):
        yield secret(entry, account.environment)


def _template(description: str, resources: Iterable[AWSObject]) -> Mapping[str, Json]:
    template = Template(description)
    template.set_version()
    for resource in resources:
        template.add_resource(resource)
    plain: Mapping[str, Json] = json.loads(template.to_json(sort_keys=True))
    return plain
