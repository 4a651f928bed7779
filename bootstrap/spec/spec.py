"""The Spec: everything that the YAML says, for the kinds to read; and the parsed files that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from bootstrap.model import names
from bootstrap.model.resource import Address
from bootstrap.spec.models import OrganizationalUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import (
        AccountModel,
        ApplicationFile,
        DeveloperFile,
        Environment,
        Guardrail,
        Model,
        Organization,
        OrganizationFile,
        SecretEntry,
        SecretsFile,
        State,
        Value,
    )
    from bootstrap.spec.source_file import Node, Path, SourceFile


M_co = TypeVar("M_co", bound="Model", covariant=True)


@dataclass(frozen=True, slots=True)
class ParsedFile(Generic[M_co]):
    """One file: its model, and its nodes, from which each problem gets its place."""

    source: SourceFile
    root: Node
    content: M_co

    def at_key(self, path: Path, message: str, hint: str) -> Problem:
        return self.source.problem(self.root.key_place(path), message, hint)

    def at_value(self, path: Path, message: str, hint: str) -> Problem:
        return self.source.problem(self.root.value_place(path), message, hint)

    def where(self, path: Path) -> str:
        """`file:line` of the last key of `path`."""
        return f"{self.source.file}:{self.root.key_place(path).line}"


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


@dataclass(frozen=True)
class ParsedFiles:
    """All files that could be read. They may not fit together yet: see `checks`.

    `broken` names the folders with a file that could not be read: a name that seems unknown may be defined in it.
    Without `has_organization`, `organization` is an empty file in the place of one that could not be read.
    """

    organization: ParsedFile[OrganizationFile]
    developers: tuple[ParsedFile[DeveloperFile], ...]
    applications: tuple[ParsedFile[ApplicationFile], ...]
    guardrails: tuple[ParsedFile[Guardrail], ...]
    secrets: tuple[ParsedFile[SecretsFile], ...]
    broken: frozenset[str]
    has_organization: bool = True

    @property
    def environments(self) -> Mapping[str, Environment]:
        return self.organization.content.environments

    @property
    def organizational_units(self) -> Mapping[str, OrganizationalUnit | None]:
        return self.organization.content.organizational_units

    @cached_property
    def ou_paths(self) -> Mapping[str, str]:
        """Every OU that the YAML names, parents included, with the path in the YAML that names it."""
        paths = {names.ROOT: names.ROOT}
        for ou in self.organizational_units:
            parts = ou.split("/")
            for depth in range(1, len(parts) + 1):
                paths.setdefault("/".join(parts[:depth]), ou)
        return paths | {ou: ou for ou in self.organizational_units}

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """Every account, in the order of the files."""
        return (*self._shared_accounts(), *self._developer_accounts(), *self._application_accounts())

    def spec(self) -> Spec:
        """The Spec of files that passed all checks."""
        accounts = {account.key: account for account in self.accounts}
        entries = {entry.name: entry for entry in self._entries()}
        return Spec(
            organization=self.organization.content.organization,
            organizational_units={
                path: self.organizational_units.get(path) or OrganizationalUnit() for path in self.ou_paths
            },
            environments=self.environments,
            accounts=accounts,
            guardrails={file.content.id: file.content for file in self.guardrails},
            entries=entries,
            origins=self._origins(accounts, entries),
        )

    def _shared_accounts(self) -> Iterator[Account]:
        for key, one in self.organization.content.accounts.items():
            path = ("accounts", key)
            yield Account(key, one, one.owner, one.ou, "", "", self.organization, path, path)

    def _developer_accounts(self) -> Iterator[Account]:
        for file in self.developers:
            one = file.content.developer
            key, ou = f"{one.environment}-{one.name}", self._ou_of(one.environment)
            yield Account(key, one, one.owner, ou, one.environment, "", file, ("developer",), ("developer", "name"))

    def _application_accounts(self) -> Iterator[Account]:
        for file in self.applications:
            application = file.content.application
            for environment, one in application.accounts.items():
                key, ou = f"{application.name}-{environment}", self._ou_of(environment)
                owner = one.owner or application.owner
                path = ("application", "accounts", environment)
                yield Account(key, one, owner, ou, environment, application.name, file, path, path)

    def _ou_of(self, environment: str) -> str:
        found = self.environments.get(environment)
        return found.ou if found else ""

    def _entries(self) -> Iterator[Entry]:
        for file in self.secrets:
            for name, layout in file.content.entries.items():
                where = file.where(("entries", name))
                yield Entry(name, file.content.application, layout.owner or file.content.owner, layout, where)

    def _origins(self, accounts: Mapping[str, Account], entries: Mapping[str, Entry]) -> Mapping[str, str]:
        file = self.organization
        name = file.content.organization.name
        origins = {f"organization:{name}": file.where(("organization", "name"))}
        origins |= {f"ou:{path}": file.where(("organizational_units", by)) for path, by in self.ou_paths.items()}
        origins |= {f"environment:{key}": file.where(("environments", key)) for key in self.environments}
        origins |= {f"account:{key}": account.origin for key, account in accounts.items()}
        for guardrail in self.guardrails:
            origins |= _guardrail_origins(guardrail)
        origins |= {f"secret:{entry.name}": entry.origin for entry in entries.values()}
        return origins


def _guardrail_origins(file: ParsedFile[Guardrail]) -> Mapping[str, str]:
    """The places of a guardrail, of the elements of its statements, and of its tests."""
    guardrail = file.content
    origins = {f"guardrail:{guardrail.id}": file.where(("id",))}
    for number, test in enumerate(guardrail.tests):
        origins[f"test:{guardrail.id}/{test.name}"] = file.where(("tests", number, "name"))
    for number, statement in enumerate(guardrail.statements):
        path: Path = ("statements", number)
        name = f"guardrail:{guardrail.id}/statements/{number}"
        origins[name] = file.where(path)
        origins |= {f"{name}/{element}": file.where((*path, element)) for element in statement.model_fields_set}
    return origins


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
