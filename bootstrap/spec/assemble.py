"""A checked Draft to the one Spec that everything else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.spec.models import OrganizationalUnit
from bootstrap.spec.spec import Entry, Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.spec.draft import Draft
    from bootstrap.spec.places import Path
    from bootstrap.spec.spec import Account


def assemble(draft: Draft) -> Spec:
    """Flat and by name; nothing here can go wrong, since the checks have passed."""
    accounts = {written.account.key: written.account for written in draft.accounts()}
    return Spec(
        organization=draft.organization.content.organization,
        organizational_units={
            path: draft.organizational_units.get(path) or OrganizationalUnit() for path in draft.ou_names()
        },
        environments=draft.environments,
        accounts=accounts,
        guardrails={file.content.id: file.content for file in draft.guardrails},
        entries={entry.name: entry for entry in _entries(draft)},
        origins=_origins(draft, accounts),
    )


def _entries(draft: Draft) -> Iterator[Entry]:
    for file in draft.secrets:
        for name, layout in file.content.entries.items():
            where = file.where(("entries", name))
            yield Entry(name, file.content.application, layout.owner or file.content.owner, layout, where)


def _origins(draft: Draft, accounts: Mapping[str, Account]) -> Mapping[str, str]:
    file = draft.organization
    name = file.content.organization.name
    origins = {f"organization:{name}": file.where(("organization", "name"))}
    origins |= {f"ou:{path}": file.where(("organizational_units", by)) for path, by in draft.ou_names().items()}
    origins |= {f"environment:{key}": file.where(("environments", key)) for key in draft.environments}
    origins |= {f"account:{key}": account.origin for key, account in accounts.items()}
    origins |= {f"guardrail:{one.content.id}": one.where(("id",)) for one in draft.guardrails}
    origins |= {
        f"test:{one.content.id}/{test.name}": one.where(("tests", number, "name"))
        for one in draft.guardrails
        for number, test in enumerate(one.content.tests)
    }
    for one in draft.guardrails:
        for number, statement in enumerate(one.content.statements):
            path: Path = ("statements", number)
            name = f"guardrail:{one.content.id}/statements/{number}"
            origins[name] = one.where(path)
            origins |= {f"{name}/{element}": one.where((*path, element)) for element in statement.model_fields_set}
    origins |= {f"secret:{entry.name}": entry.origin for entry in _entries(draft)}
    return origins
