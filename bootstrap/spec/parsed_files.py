"""The files whose shape is right, each with the places of its values, and the Spec that they make together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from bootstrap.model.names import ROOT
from bootstrap.spec.models import OrganizationalUnit
from bootstrap.spec.spec import Account, Entry, Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import (
        ApplicationFile,
        DeveloperFile,
        Environment,
        Guardrail,
        Model,
        OrganizationFile,
        SecretsFile,
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
        paths = {ROOT: ROOT}
        for ou in self.organizational_units:
            names = ou.split("/")
            for depth in range(1, len(names) + 1):
                paths.setdefault("/".join(names[:depth]), ou)
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
