"""The baseline: the template of the stack that every account of an environment gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Template

from bootstrap.templates.boundary import permissions_boundary
from bootstrap.templates.budget import monthly_budget
from bootstrap.templates.roles import deploy_role, execution_role
from bootstrap.templates.secrets import secret

if TYPE_CHECKING:
    from bootstrap.model import Json
    from bootstrap.spec.spec import Account, Spec


def baseline(account: Account, spec: Spec) -> dict[str, Json] | None:
    """The template of an account, or None for one that belongs to no environment.

    Accounts of one environment that hold the same entries differ in their budget's owner alone.
    """
    if not account.environment:
        return None
    environment = spec.environments[account.environment]
    template = Template(f"The org-bootstrap baseline of the environment {account.environment}.")
    template.set_version()
    boundary = template.add_resource(permissions_boundary(spec.organization.access_role))
    template.add_resource(execution_role(account.environment, boundary.ref()))
    if environment.deploy:
        template.add_resource(deploy_role(account.environment, environment.deploy, spec))
    if environment.budget:
        template.add_resource(monthly_budget(environment.budget, account.owner))
    for entry in spec.entries_in(account):
        template.add_resource(secret(entry, account.environment))
    plain: dict[str, Json] = json.loads(template.to_json(sort_keys=True))
    return plain
