"""Reading a file of secrets_layout/ so that a value which should not be in it is found but never shown."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import SpecError
from bootstrap.secrecy.patterns import ASSIGNED, leaks
from bootstrap.spec.document import read_document
from bootstrap.spec.models import Generated, SecretEntry, SecretsFile
from bootstrap.spec.places import Place
from bootstrap.spec.shape import read_shape
from bootstrap.spec.source import PROBLEMS_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.parsed import Parsed
    from bootstrap.spec.places import Node, Path
    from bootstrap.spec.source import Source

_REVOKE: Final = "revoke it, and take it out of the file and its history; values are set inside the account"
_NEVER_HERE: Final = "values never stand here: list the key in `keys`, and set its value inside the account"
_VALUE_KEYS: Final = (
    "value", "values", "string", "default", "data", "secret", "secrets", "secret_string", "secretstring",
    "secret_binary", "secret_value", "password", "passwd", "passphrase", "token", "api_key", "apikey",
    "access_key", "private_key", "credentials",
)  # fmt: skip

# All up to a value that a key of the file itself has, not a word in a text.
_OF_A_KEY: Final = re.compile(r"(?:^|[{\[,])[\s-]*[\w.-]+: *[\"']?$")

_SHOWN: Final = frozenset({"application", "owner"})
_SHOWN_OF_ENTRY: Final = frozenset(SecretEntry.model_fields) - {"generated"}
_SHOWN_OF_GENERATED: Final = frozenset(Generated.model_fields) - {"with_keys"}


def read_secrets_file(source: Source) -> Parsed[SecretsFile]:
    """The file, its problems free of values. Raises SpecError, for what looks like a value as well."""
    found = list(islice(_leaked(source), PROBLEMS_MAX))
    source.hides_all = True  # until the values have places
    try:
        root = read_document(source)
        _hide_values(source, root)
        source.hides_all = False
        parsed = read_shape(source, root, SecretsFile, dict.fromkeys(_VALUE_KEYS, _NEVER_HERE))
    except SpecError as error:
        raise SpecError([*found, *error.problems]) from None
    if found:
        raise SpecError(found)
    return parsed


def _leaked(source: Source) -> Iterator[Problem]:
    """Every stretch of the text that looks like a secret, comments included."""
    in_key = False
    for number, line in enumerate(source.lines, 1):
        # The lines of a private key are random too, and one problem for all of them is enough.
        in_key = in_key and re.fullmatch(r"\s*[A-Za-z0-9+/=]+\s*", line) is not None
        if in_key:
            continue
        for leak in leaks(line):
            if leak.what == ASSIGNED and _OF_A_KEY.search(line[: leak.start]):
                continue  # told once the file is read, with no value in its line shown
            in_key = leak.what == "a private key"
            place = Place(number, leak.start + 1, number, leak.end + 1)
            yield source.problem(place, f"this looks like {leak.what}; it is not repeated here", _REVOKE)


def _hide_values(source: Source, root: Node) -> None:
    for path, node in root.leaves():
        if not _is_shown(path):
            source.hide(node.place)


def _is_shown(path: Path) -> bool:
    """Whether what stands at `path` is known to be no value: anything unknown might be one."""
    match path:
        case (key,) | ("entries", _, "generated", key) if key in (_SHOWN if len(path) == 1 else _SHOWN_OF_GENERATED):
            return True
        case ("entries", _, key) | ("entries", _, key, int()):
            return key in _SHOWN_OF_ENTRY
    return False
