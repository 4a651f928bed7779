"""Secret entries: their names, their keys, and the applications and environments that they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.spec.problems import did_you_mean, repeated
from bootstrap.spec.source_file import ACCOUNT_SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import SecretEntry, SecretsFile
    from bootstrap.spec.source_file import Path
    from bootstrap.spec.spec import ParsedFile, ParsedFiles

_NAMES_A_SECRET: Final = re.compile(
    r"(?:.*[_.-])?(?:password|passwd|pwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)",
    re.IGNORECASE,
)


def names_fit_aws(files: ParsedFiles) -> Iterator[Problem]:
    for file, name, _ in _entries(files):
        path = ("entries", name)
        if len(name) > facts.SECRET_NAME_MAX:
            message = f"the secret name has {len(name)} characters; AWS allows {facts.SECRET_NAME_MAX}"
            yield file.at_key(path, message, "shorten it")
        elif not re.fullmatch(facts.SECRET_NAME_PATTERN, name):
            hint = "use letters, digits and `/_+=.@-`"
            yield file.at_key(path, f"the secret name `{name}` has a character that AWS rejects", hint)
        # AWS appends such a suffix to the name in the ARN of a secret, and would confuse the two.
        elif re.search(r"-[A-Za-z0-9]{6}$", name):
            hint = "choose another name: AWS would read this ending as the suffix of an ARN"
            yield file.at_key(path, f"the secret name `{name}` ends with a hyphen and six characters", hint)


def names_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for (file, name), (other, _) in repeated((name, (file, name)) for file, name, _ in _entries(files)):
        hint = f"first defined at {other.where(('entries', name))}"
        yield file.at_key(("entries", name), f"duplicate secret entry `{name}`", hint)


def references_exist(files: ParsedFiles) -> Iterator[Problem]:
    applications = {file.content.application.name for file in files.applications}
    for file in files.secrets:
        application = file.content.application
        if application not in applications and ACCOUNT_SPECS not in files.broken:
            hint = did_you_mean(application, applications, what="known applications")
            yield file.at_value(("application",), f"unknown application `{application}`", hint)
    for file, name, entry in _entries(files):
        for index, environment in enumerate(entry.environments):
            path: Path = ("entries", name, "environments", index)
            if environment not in files.environments:
                hint = did_you_mean(environment, files.environments, what="known environments")
                yield file.at_value(path, f"unknown environment `{environment}`", hint)
            elif environment in entry.environments[:index]:
                yield file.at_value(path, f"duplicate environment `{environment}`", "remove one of the two")


def keys_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for file, name, entry in _entries(files):
        for index, _ in repeated((key, index) for index, key in enumerate(entry.keys)):
            message = f"duplicate key `{entry.keys[index]}` in `keys`"
            yield file.at_value(("entries", name, "keys", index), message, "remove one of the two")


def keys_have_values(files: ParsedFiles) -> Iterator[Problem]:
    """Every key of a generated entry is either the generated key, or has a value in `with_keys`."""
    for file, name, entry in _entries(files):
        if entry.generated is None:
            continue
        below: Path = ("entries", name, "generated")
        generated, given = entry.generated.key, entry.generated.with_keys
        if generated not in entry.keys:
            hint = did_you_mean(generated, entry.keys, what="known keys")
            yield file.at_value((*below, "key"), f"`{generated}` is not in `keys`", hint)
        for key in given:
            if key not in entry.keys or key == generated:
                reason = "is the generated key" if key == generated else "is not in `keys`"
                yield file.at_key((*below, "with_keys", key), f"`{key}` {reason}", "remove it from `with_keys`")
        for key in entry.keys:
            if key != generated and key not in given:
                message = f"the key `{key}` has no value"
                hint = "give it a value in `with_keys`, or make it an entry of its own"
                yield file.at_key(below, message, hint)


def written_values_are_not_secret(files: ParsedFiles) -> Iterator[Problem]:
    for file, name, entry in _entries(files):
        for key in entry.generated.with_keys if entry.generated else ():
            if _NAMES_A_SECRET.fullmatch(key):
                yield file.at_key(
                    ("entries", name, "generated", "with_keys", key),
                    f"`{key}` looks like a secret, and this is its value in plain text",
                    "generate it, or make it an entry of its own: never write secret values here",
                )


def _entries(files: ParsedFiles) -> Iterator[tuple[ParsedFile[SecretsFile], str, SecretEntry]]:
    for file in files.secrets:
        for name, entry in file.content.entries.items():
            yield file, name, entry
