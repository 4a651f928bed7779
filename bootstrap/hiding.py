"""What somebody wrote outside may hold a secret, and whoever reads a plan or a snapshot must not find it there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bootstrap.model import texts
from bootstrap.spec.leaks import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.model import Json

HIDDEN: Final = "(hidden)"
# Properties of CloudFormation's types that hold a value, such as MasterUserPassword; a tag or any other key whose last
# word says so, such as aws:PrincipalTag/db_password; and what a third party is told by. Ours have none of them.
_HOLDS_A_VALUE: Final = re.compile(
    r"SecretString|\w*(?:Password|AuthToken|ApiKey|PrivateKey)"
    r"|(?:.*[:/_. -])?(?i:passwords?|passwd|pwd|pw|passphrase|secrets?|tokens?|(?:api|private)[_-]?key|credentials?)"
    r"|sts:ExternalId"
)


def hide(found: Json, known: Json, plain: Callable[[str], Json] = str) -> Json:
    """What was found, without what may be a secret: a text that the YAML says itself, in `known`, is none.

    `plain` turns a text into the words of `known`.
    """
    ours = texts(known)
    return _hide(found, lambda text: plain(text) in ours, secret=False)


def _hide(value: Json, is_ours: Callable[[str], bool], *, secret: bool) -> Json:
    if isinstance(value, str):
        if is_ours(value):
            return value
        return HIDDEN if secret else "\n".join(map(masked, value.split("\n")))
    if isinstance(value, Mapping):
        return {key: _hide(item, is_ours, secret=secret or _holds_a_value(key, value)) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_hide(item, is_ours, secret=secret) for item in value]
    return value


def _holds_a_value(key: str, among: Mapping[str, Json]) -> bool:
    """A tag of a template has its key beside its value."""
    named = among.get("Key") if key == "Value" else key
    return isinstance(named, str) and _HOLDS_A_VALUE.fullmatch(named) is not None
