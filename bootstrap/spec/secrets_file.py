"""Reading a file of secrets_layout/. A secret value in it is reported, and no problem ever shows it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import SpecError
from bootstrap.secrecy.patterns import ASSIGNED, leaks
from bootstrap.spec.model_validation import validate_model
from bootstrap.spec.models import Generated, SecretEntry, SecretsFile
from bootstrap.spec.source_file import PROBLEMS_MAX, Place
from bootstrap.spec.yaml_parser import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.source_file import Path, SourceFile
    from bootstrap.spec.spec import ParsedFile

_REVOKE: Final = "revoke it, and remove it from the file and its history; set values inside the account"
_NEVER_HERE: Final = "never write values here: list the key in `keys`, and set its value inside the account"
_VALUE_KEYS: Final = (
    "value", "values", "string", "default", "data", "secret", "secrets", "secret_string", "secretstring",
    "secret_binary", "secret_value", "password", "passwd", "passphrase", "token", "api_key", "apikey",
    "access_key", "private_key", "credentials",
)  # fmt: skip

# A line up to the value of a YAML key, as opposed to a word in a text.
_OF_A_KEY: Final = re.compile(r"(?:^|[{\[,])[\s-]*[\w.-]+: *[\"']?$")

_SHOWN: Final = frozenset({"application", "owner"})
_SHOWN_OF_ENTRY: Final = frozenset(SecretEntry.model_fields) - {"generated"}
_SHOWN_OF_GENERATED: Final = frozenset(Generated.model_fields) - {"with_keys"}


def read_secrets_file(source: SourceFile) -> ParsedFile[SecretsFile]:
    """The file. Raises SpecError for any problem, and for text that looks like a secret; none shows a value."""
    found = list(islice(_leaked(source), PROBLEMS_MAX))
    source.hides_all = True  # until the places of the values are known
    try:
        root = parse_yaml(source)
        source.hide(node.place for path, node in root.leaves() if not _is_shown(path))
        source.hides_all = False
        parsed = validate_model(source, root, SecretsFile, dict.fromkeys(_VALUE_KEYS, _NEVER_HERE))
    except SpecError as error:
        raise SpecError([*found, *error.problems]) from None
    if found:
        raise SpecError(found)
    return parsed


def _leaked(source: SourceFile) -> Iterator[Problem]:
    """Every part of the text that looks like a secret, comments included."""
    in_key = False
    for number, line in enumerate(source.lines, 1):
        # Each line of a private key looks random: one problem for the whole key is enough.
        in_key = in_key and re.fullmatch(r"\s*[A-Za-z0-9+/=]+\s*", line) is not None
        if in_key:
            continue
        for leak in leaks(line):
            if leak.what == ASSIGNED and _OF_A_KEY.search(line[: leak.start]):
                continue  # the value is hidden, and validation reports the key
            in_key = leak.what == "a private key"
            place = Place(number, leak.start + 1, number, leak.end + 1)
            yield source.problem(place, f"this looks like {leak.what}, which is not shown here", _REVOKE)


def _is_shown(path: Path) -> bool:
    """Whether the value at `path` may be shown: an unknown key may hold a secret."""
    match path:
        case (key,):
            return key in _SHOWN
        case ("entries", _, "generated", key):
            return key in _SHOWN_OF_GENERATED
        case ("entries", _, key) | ("entries", _, key, int()):
            return key in _SHOWN_OF_ENTRY
    return False
