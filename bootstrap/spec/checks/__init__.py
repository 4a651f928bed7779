"""What the files must be together: every check of the YAML that its shape alone cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.spec.checks import (
    accounts,
    emails,
    environments,
    guardrails,
    organization,
    organizational_units,
    placements,
    secrets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft

_Check: TypeAlias = "Callable[[Draft], Iterator[Problem]]"

OF_FILES: Final[tuple[_Check, ...]] = (
    accounts.keys_are_unique,
    accounts.names_fit_aws,
    emails.emails_follow_the_rules,
    emails.emails_are_unique,
    guardrails.ids_are_unique,
    guardrails.sids_are_unique,
    guardrails.statements_are_whole,
    guardrails.variables_are_known,
    guardrails.tests_give_known_parameters,
    secrets.names_fit_aws,
    secrets.names_are_unique,
    secrets.keys_are_listed_once,
    secrets.keys_are_accounted_for,
    secrets.literal_values_are_no_secrets,
)
OF_THE_ORGANIZATION: Final[tuple[_Check, ...]] = (
    organization.regions_exist,
    organization.home_region_is_allowed,
    organization.regions_are_written_once,
    organizational_units.paths_can_be_made,
    organizational_units.references_lead_to_ous,
    environments.ous_belong_to_one_environment,
    environments.deployers_exist,
    environments.references_lead_to_environments,
    environments.developers_are_apart_from_applications,
    placements.guardrails_exist,
    placements.guardrails_are_placed_once,
    placements.parameters_belong_to_a_guardrail_there,
    placements.required_parameters_have_values,
    secrets.references_lead_somewhere,
)
"""Each is a sentence that must be true, and yields a problem wherever it is not.

These need the organization's file, which may be the one that cannot be read.
"""


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem of every check that can be made of what was read."""
    for one in (*OF_FILES, *(OF_THE_ORGANIZATION if draft.has_organization else ())):
        yield from one(draft)
