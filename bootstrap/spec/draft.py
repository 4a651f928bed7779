"""All files whose shape is right, before it is known whether they fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model.names import ROOT
from bootstrap.spec.spec import Account, parent_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.spec.models import (
        ApplicationFile,
        DeveloperFile,
        Environment,
        Guardrail,
        Model,
        OrganizationalUnit,
        OrganizationFile,
        SecretsFile,
    )
    from bootstrap.spec.parsed import Parsed
    from bootstrap.spec.places import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read. `broken` names the folders in which a file could not be used.

    A name that nothing has may stand in such a file, so it is no problem of its own while one is broken.
    Without `has_organization`, an empty organization stands in for one that could not be read.
    """

    organization: Parsed[OrganizationFile]
    developers: tuple[Parsed[DeveloperFile], ...]
    applications: tuple[Parsed[ApplicationFile], ...]
    guardrails: tuple[Parsed[Guardrail], ...]
    secrets: tuple[Parsed[SecretsFile], ...]
    broken: frozenset[str]
    has_organization: bool = True

    @property
    def environments(self) -> Mapping[str, Environment]:
        return self.organization.content.environments

    @property
    def organizational_units(self) -> Mapping[str, OrganizationalUnit | None]:
        return self.organization.content.organizational_units

    def ou_names(self) -> Mapping[str, str]:
        """Every OU that is named, with the name that brought it in: its own, or one below it."""
        names = {ROOT: ROOT}
        for ou in self.organizational_units:
            missing = []
            path = ou
            while path not in names:
                missing.append(path)
                path = parent_path(path)
            names.update(dict.fromkeys(reversed(missing), ou))
        return names | {ou: ou for ou in self.organizational_units}

    def accounts(self) -> Iterator[Written]:
        """Every account, in the order of the files."""
        yield from self._shared()
        yield from self._developers()
        yield from self._applications()

    def _shared(self) -> Iterator[Written]:
        file = self.organization
        for key, one in file.content.accounts.items():
            path: Path = ("accounts", key)
            name = one.account_name or key
            account = Account(key, name, one.email, one.owner, one.ou, "", "", one.state, file.where(path))
            yield Written(file, path, path, account)

    def _developers(self) -> Iterator[Written]:
        for file in self.developers:
            one = file.content.developer
            key = f"{one.environment}-{one.name}"
            at = ("developer", "name")
            name, ou = one.account_name or key, self._ou_of(one.environment)
            account = Account(key, name, one.email, one.owner, ou, one.environment, "", one.state, file.where(at))
            yield Written(file, ("developer",), at, account)

    def _applications(self) -> Iterator[Written]:
        for file in self.applications:
            application = file.content.application
            for environment, one in application.accounts.items():
                key = f"{application.name}-{environment}"
                path: Path = ("application", "accounts", environment)
                account = Account(
                    key,
                    one.account_name or key,
                    one.email,
                    one.owner or application.owner,
                    self._ou_of(environment),
                    environment,
                    application.name,
                    one.state,
                    file.where(path),
                )
                yield Written(file, path, path, account)

    def _ou_of(self, environment: str) -> str:
        found = self.environments.get(environment)
        return found.ou if found else ""


@dataclass(frozen=True, slots=True)
class Written:
    """An account beside the place that it is written at; `named_at` is where its key comes from."""

    file: Parsed[Model]
    path: Path
    named_at: Path
    account: Account
