"""The constants that every guardrail may use, `${access_role_arn}` and the like, without declaring a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model import names
from bootstrap.model.resource import Address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.spec.models import Organization, Value

STACKSETS_ROLE: Final = "stacksets-exec-*"
"""The roles through which StackSets deploys to accounts. They are ordinary roles, so guardrails bind them too."""


def _role_arn(name: str) -> str:
    return f"arn:aws:iam::*:role/{name}"


CONSTANTS: Final[Mapping[str, Callable[[Organization], Value]]] = {
    "organization.allowed_regions": lambda organization: organization.allowed_regions,
    "organization.home_region": lambda organization: organization.home_region,
    "organization_id": lambda organization: Address("organization", organization.name).reference,
    "access_role": lambda organization: organization.access_role,
    "deploy_role": lambda _: names.DEPLOY_ROLE,
    "execution_role": lambda _: names.EXECUTION_ROLE,
    "baseline_stack": lambda _: f"{names.BASELINE_STACK}*",  # matches the budget's stack too
    "boundary": lambda _: names.BOUNDARY,
    "budget": lambda _: f"{names.BUDGET}*",  # the name ends in a digest of the notifications
    "access_role_arn": lambda organization: _role_arn(organization.access_role),
    "deploy_role_arn": lambda _: _role_arn(names.DEPLOY_ROLE),
    "execution_role_arn": lambda _: _role_arn(names.EXECUTION_ROLE),
    "stacksets_role_arn": lambda _: _role_arn(STACKSETS_ROLE),
}
"""The value of each constant, computed from the organization."""


def constants(organization: Organization) -> Mapping[str, Value]:
    return {name: value(organization) for name, value in CONSTANTS.items()}
