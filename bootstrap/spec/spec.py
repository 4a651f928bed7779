"""The whole YAML as one value, flat and cross-checked: what the kinds read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model.names import ROOT, TAG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.spec.models import Environment, Guardrail, Organization, OrganizationalUnit, SecretEntry, State


@dataclass(frozen=True, slots=True)
class Account:
    """One account, whichever file it came from. `environment` and `application` are empty for shared ones.

    A developer's account has an environment and no application: it holds the entries of every application.
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
        """The tags on the account and on what it holds: whose it is, and what for."""
        said = {
            "key": self.key,
            "owner": self.owner,
            "environment": self.environment,
            "application": self.application,
        }
        return {TAG_PREFIX + name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret entry of one application, with its owner resolved."""

    name: str
    application: str
    owner: str
    layout: SecretEntry
    origin: str


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What a team asked for. `origins` maps an address as text (`ou:Workloads`) to its `file:line`.

    A Spec equals only itself, so that what is computed from one can be cached by identity.

    `organizational_units` holds every OU that exists by being named, parents included, and `Root`.
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
        """Each guardrail on an OU with the parameters given beside it: its own, then its environment's."""
        sources: list[OrganizationalUnit | Environment] = [self.organizational_units[ou]]
        sources += (one for one in self.environments.values() if one.ou == ou)
        for source in sources:
            for guardrail in source.guardrails:
                yield guardrail, source.parameters

    def entries_in(self, account: Account) -> Iterator[Entry]:
        """The secret entries that an account holds: those of its application, or of all for a developer's."""
        for entry in self.entries.values():
            is_here = account.environment in entry.layout.environments
            if is_here and account.application in ("", entry.application):
                yield entry


def parent_path(ou: str) -> str:
    """The path of the OU that holds this one; `Root` for an OU at the top."""
    return ou.rpartition("/")[0] or ROOT
