"""The checks that the files fit together, after each file is valid for its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.spec.checks import accounts, guardrails, organization, secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.parsed_files import ParsedFiles

_Check: TypeAlias = "Callable[[ParsedFiles], Iterator[Problem]]"

OF_FILES: Final[tuple[_Check, ...]] = (
    accounts.keys_are_unique,
    accounts.names_fit_aws,
    accounts.emails_are_valid,
    accounts.owners_are_valid,
    accounts.emails_are_unique,
    guardrails.ids_are_unique,
    guardrails.sids_are_unique,
    guardrails.statements_are_complete,
    guardrails.variables_are_known,
    guardrails.tests_give_known_parameters,
    secrets.names_fit_aws,
    secrets.names_are_unique,
    secrets.keys_are_unique,
    secrets.keys_have_values,
    secrets.written_values_are_not_secret,
)
OF_THE_ORGANIZATION: Final[tuple[_Check, ...]] = (
    organization.regions_exist,
    organization.home_region_is_allowed,
    organization.regions_are_unique,
    organization.paths_are_valid,
    organization.ous_exist,
    organization.environments_have_their_own_ou,
    organization.deployers_exist,
    organization.environments_of_accounts_exist,
    organization.developers_and_applications_share_no_environment,
    guardrails.guardrails_exist,
    guardrails.guardrails_are_unique,
    guardrails.parameters_are_valid,
    guardrails.required_parameters_have_values,
    secrets.references_exist,
)
"""The checks that need the organization's file. Each check is named for a rule, and yields a problem wherever the YAML
breaks it.
"""


def check_files(files: ParsedFiles) -> Iterator[Problem]:
    """Every problem of every check. Those of the organization are left out if its file could not be read."""
    for one in (*OF_FILES, *(OF_THE_ORGANIZATION if files.has_organization else ())):
        yield from one(files)
