"""The Spec: everything that the YAML says, checked, for the kinds to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model.names import ROOT, TAG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.spec.models import Environment, Guardrail, Organization, OrganizationalUnit, SecretEntry, State


@dataclass(frozen=True, slots=True)
class Account:
    """One account of any file. `environment` and `application` are empty for a shared account.

    A developer's account has an environment and no application, and it holds the entries of every application.
    """

    key: str
    name: str
    email: str
    owner: str
    ou: str
    environment: str
    application: str
    state: State
    origin: str

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the account: its key, owner, environment and application."""
        tags = {
            "key": self.key,
            "owner": self.owner,
            "environment": self.environment,
            "application": self.application,
        }
        return {TAG_PREFIX + name: value for name, value in tags.items() if value}


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

    def guardrails_on(self, ou: str) -> Iterator[tuple[str, Mapping[str, Mapping[str, object]]]]:
        """Each guardrail on an OU with the parameters for it: first those of the OU, then those of its environment."""
        sources: list[OrganizationalUnit | Environment] = [self.organizational_units[ou]]
        sources += (one for one in self.environments.values() if one.ou == ou)
        for source in sources:
            for guardrail in source.guardrails:
                yield guardrail, source.parameters

    def entries_in(self, account: Account) -> Iterator[Entry]:
        """The secret entries of an account: those of its application; for a developer, those of all applications."""
        for entry in self.entries.values():
            is_here = account.environment in entry.layout.environments
            if is_here and account.application in ("", entry.application):
                yield entry


def parent_path(ou: str) -> str:
    """The path of the parent OU; `Root` for an OU at the top."""
    return ou.rpartition("/")[0] or ROOT
