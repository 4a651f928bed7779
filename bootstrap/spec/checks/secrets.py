"""Secret entries: their names, keys and references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.spec.folders import ACCOUNT_SPECS
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft
    from bootstrap.spec.models import SecretEntry, SecretsFile
    from bootstrap.spec.parsed import Parsed
    from bootstrap.spec.places import Path

_NAMES_A_SECRET: Final = re.compile(
    r"(?:.*[_.-])?(?:password|passwd|pwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)",
    re.IGNORECASE,
)


def names_fit_aws(draft: Draft) -> Iterator[Problem]:
    for file, name, _ in _entries(draft):
        path = ("entries", name)
        if len(name) > facts.SECRET_NAME_MAX:
            hint = f"AWS allows {facts.SECRET_NAME_MAX}"
            yield file.at_key(path, f"the name is {len(name)} characters long", hint)
        elif not re.fullmatch(facts.SECRET_NAME_PATTERN, name):
            hint = "use letters, digits and `/_+=.@-`"
            yield file.at_key(path, f"the name `{name}` has a character that AWS does not take", hint)
        # AWS appends such a suffix to the name to make the ARN, and would take one for the other.
        elif re.search(r"-[A-Za-z0-9]{6}$", name):
            hint = "AWS would take such an end for the suffix of an ARN: choose another name"
            yield file.at_key(path, f"the name `{name}` ends in a hyphen and six characters", hint)


def names_are_unique(draft: Draft) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file, name, _ in _entries(draft):
        here = file.where(("entries", name))
        other = first.setdefault(name, here)
        if other != here:
            hint = f"the first one is at {other}"
            yield file.at_key(("entries", name), f"the secret entry `{name}` is declared twice", hint)


def references_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    applications = {file.content.application.name for file in draft.applications}
    for file in draft.secrets:
        application = file.content.application
        if application not in applications and ACCOUNT_SPECS not in draft.broken:
            hint = did_you_mean(application, applications, what="the applications are")
            yield file.at_value(("application",), f"there is no application `{application}`", hint)
    for file, name, entry in _entries(draft):
        for index, environment in enumerate(entry.environments):
            path: Path = ("entries", name, "environments", index)
            if environment not in draft.environments:
                hint = did_you_mean(environment, draft.environments, what="the environments are")
                yield file.at_value(path, f"there is no environment `{environment}`", hint)
            elif environment in entry.environments[:index]:
                yield file.at_value(path, f"`{environment}` is listed twice", "remove one of them")


def keys_are_listed_once(draft: Draft) -> Iterator[Problem]:
    for file, name, entry in _entries(draft):
        for index, key in enumerate(entry.keys):
            if key in entry.keys[:index]:
                path: Path = ("entries", name, "keys", index)
                yield file.at_value(path, f"the key `{key}` is listed twice", "remove one of them")


def keys_are_accounted_for(draft: Draft) -> Iterator[Problem]:
    """Every key of a generated entry is either the generated one or has its value in `with_keys`."""
    for file, name, entry in _entries(draft):
        if entry.generated is None:
            continue
        below: Path = ("entries", name, "generated")
        generated, given = entry.generated.key, entry.generated.with_keys
        if generated not in entry.keys:
            hint = did_you_mean(generated, entry.keys, what="the keys are")
            yield file.at_value((*below, "key"), f"`{generated}` is not among `keys`", hint)
        for key in given:
            if key not in entry.keys or key == generated:
                why = "is generated" if key == generated else "is not among `keys`"
                yield file.at_key((*below, "with_keys", key), f"the key `{key}` {why}", "remove it here")
        for key in entry.keys:
            if key != generated and key not in given:
                message = f"the key `{key}` would have no value"
                hint = f"give `{key}` one in `with_keys`, or make it an entry of its own"
                yield file.at_key(below, message, hint)


def literal_values_are_no_secrets(draft: Draft) -> Iterator[Problem]:
    for file, name, entry in _entries(draft):
        for key in entry.generated.with_keys if entry.generated else ():
            if _NAMES_A_SECRET.fullmatch(key):
                yield file.at_key(
                    ("entries", name, "generated", "with_keys", key),
                    f"`{key}` names a secret, and its value would stand here",
                    "generate it, or make it an entry of its own; values never stand here",
                )


def _entries(draft: Draft) -> Iterator[tuple[Parsed[SecretsFile], str, SecretEntry]]:
    for file in draft.secrets:
        for name, entry in file.content.entries.items():
            yield file, name, entry
