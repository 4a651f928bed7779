"""The Spec: everything that the YAML says, checked, for the kinds to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model import names
from bootstrap.model.resource import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.spec.models import (
        AccountModel,
        Environment,
        Guardrail,
        Model,
        Organization,
        OrganizationalUnit,
        SecretEntry,
        State,
        Value,
    )
    from bootstrap.spec.parsed_files import ParsedFile
    from bootstrap.spec.source_file import Path


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """One account of any file. `environment` and `application` are empty for a shared account.

    A developer's account has an environment and no application, and it holds the entries of every application.
    `path` leads to the settings in the file, and `key_path` to the text that the key is made of.
    """

    key: str
    settings: AccountModel
    owner: str
    ou: str
    environment: str
    application: str
    file: ParsedFile[Model]
    path: Path
    key_path: Path

    @property
    def name(self) -> str:
        return self.settings.account_name or self.key

    @property
    def email(self) -> str:
        return self.settings.email

    @property
    def state(self) -> State:
        return self.settings.state

    @property
    def origin(self) -> str:
        return self.file.where(self.key_path)

    @property
    def tags(self) -> dict[str, str]:
        return tags(key=self.key, owner=self.owner, environment=self.environment, application=self.application)


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret entry of one application. `owner` is that of the file if the entry has none."""

    name: str
    application: str
    owner: str
    layout: SecretEntry
    origin: str


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """Everything that the YAML says. `origins` maps an address as text (`ou:Workloads`) to its `file:line`.

    A Spec equals only itself, so that results computed from one can be cached by identity.
    `organizational_units` holds every OU that the YAML names, their parents, and `Root`.
    """

    organization: Organization
    organizational_units: Mapping[str, OrganizationalUnit]
    environments: Mapping[str, Environment]
    accounts: Mapping[str, Account]
    guardrails: Mapping[str, Guardrail]
    entries: Mapping[str, Entry]
    origins: Mapping[str, str]

    def origin(self, kind: str, name: str) -> str:
        return self.origins.get(f"{kind}:{name}", "")

    def guardrails_on(self, ou: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
        """Each guardrail on an OU with its parameter values: first those of the OU, then those of its environment."""
        sources: list[OrganizationalUnit | Environment] = [self.organizational_units[ou]]
        sources += (one for one in self.environments.values() if one.ou == ou)
        for source in sources:
            for guardrail in source.guardrails:
                yield guardrail, source.parameters.get(guardrail, {})

    def entries_in(self, account: Account) -> Iterator[Entry]:
        """The secret entries of an account: those of its application; for a developer, those of all applications."""
        for entry in self.entries.values():
            is_here = account.environment in entry.layout.environments
            if is_here and account.application in ("", entry.application):
                yield entry


def parent_path(ou: str) -> str:
    """The path of the parent OU; `Root` for an OU at the top."""
    return ou.rpartition("/")[0] or names.ROOT


def tags(**values: str) -> dict[str, str]:
    """The tags of an account or of a resource in it, by name; empty values are left out.

    A resource does not repeat the key and the owner of its account, so that equal accounts have equal templates.
    """
    return {names.TAG_PREFIX + name: value for name, value in values.items() if value}


def protected_roles(organization: Organization) -> dict[str, str]:
    """The roles that the organization uses in each account: guardrails and the permissions boundary protect them."""
    return {
        "deploy_role": names.DEPLOY_ROLE,
        "execution_role": names.EXECUTION_ROLE,
        "access_role": organization.access_role,
        # StackSets deploys through them, and AWS chooses their names. They are ordinary roles, so guardrails bind them.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
        "stacksets_role": "stacksets-exec-*",
    }


def constants(organization: Organization) -> dict[str, Value]:
    """The constants that every guardrail may use, as `${access_role_arn}`, without declaring a parameter."""
    roles = protected_roles(organization)
    return {
        "organization.allowed_regions": organization.allowed_regions,
        "organization.home_region": organization.home_region,
        "organization_id": Address("organization", organization.name).reference,
        "baseline_stack": f"{names.BASELINE_STACK}*",  # matches the budget's stack too
        "boundary": names.BOUNDARY,
        "budget": f"{names.BUDGET}*",  # the name ends in a digest of the notifications
        **roles,
        **{f"{role}_arn": f"arn:aws:iam::*:role/{name}" for role, name in roles.items()},
    }
