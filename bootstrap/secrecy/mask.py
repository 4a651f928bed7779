"""Mask secrets where a plan, snapshot, journal or error leaves the process: somebody may have written one into AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bootstrap.secrecy import patterns
from bootstrap.secrecy.patterns import names_a_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from bootstrap.model.resource import Json

masked: Final = lru_cache(maxsize=65536)(patterns.masked)
HIDDEN: Final = "(hidden)"
# The rule by which a value is generated, which is not secret.
_RULE: Final = "GenerateSecretString"
# Condition key: the secret that a third party names when it assumes a role.
_THIRD_PARTY: Final = "sts:ExternalId"
# A tag, a variable or a parameter has its name under one of these keys, and its value under one of the next.
_KEYS: Final = ("Key", "Name", "ParameterKey", "OptionName", "key", "name")
_VALUES: Final = frozenset({"Value", "ParameterValue", "value"})
_NAMES: Final = ("Sid", "Key")
# CloudFormation's functions that only refer to a value.
_REFERRING: Final = frozenset({"Ref", "Fn::GetAtt", "Fn::ImportValue"})
_REFERENCE: Final = re.compile(r"\{\{resolve:[^{}]+\}\}|arn:[\w-]+:[a-z0-9-]+:\S*|\$\{[^{}]+\}")


class _Ours(NamedTuple):
    """What the YAML says: whether a text or a number is one of its values, and its keys."""

    is_value: Callable[[str], bool]
    keys: AbstractSet[str]


_NOTHING: Final = _Ours(lambda _text: False, frozenset())


def mask_secrets(value: Json, known: Json, plain: Callable[[str], Json] = str) -> Json:
    """A value without what looks like a secret. Nothing that the YAML says, in `known`, is masked.

    `plain` takes AWS ids out of a text, so that it compares with `known`.
    """
    values: set[str] = set()
    keys: set[str] = set()
    _note(known, values, keys)
    is_known = lru_cache(maxsize=65536)(lambda text: plain(text) in values)
    return _hide(value, _Ours(is_known, keys), secret=False)


def mask_text(text: str) -> str:
    """A text, or the JSON in it, without what looks like a secret."""
    return _hide_text(text, _NOTHING, secret=False)


@lru_cache(maxsize=65536)
def mask_name(name: str) -> str:
    """A name, or a path of names, without what looks like a secret. A masked path still has its slashes."""
    if not name:
        return name
    whole, parts = masked(name), "/".join(map(masked, name.split("/")))
    # Both keep the length of the name.
    return "".join("*" if "*" in pair else pair[0] for pair in zip(whole, parts, strict=True))


def read_document(text: str) -> Json:
    """The JSON in a text, or the CloudFormation template in YAML; None for any other text."""
    if text.startswith(("{", "[")):
        try:
            found: Json = json.loads(text, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            return None
        return found
    return _template(text) if "Resources" in text else None


def write_document(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False)


def _hide(value: Json, ours: _Ours, *, secret: bool) -> Json:
    if isinstance(value, str):
        return value if ours.is_value(value) else _hide_text(value, ours, secret=secret)
    if isinstance(value, Mapping):
        return _hide_mapping(value, ours, secret=secret)
    if isinstance(value, Sequence):
        names = _names({_name_of(item) for item in value} - {""}, ours)
        return [_named(_hide(item, ours, secret=secret), names.get(_name_of(item), "")) for item in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return HIDDEN if secret and is_number and not ours.is_value(str(value)) else value


def _hide_mapping(value: Mapping[str, Json], ours: _Ours, *, secret: bool) -> Json:
    names = _names(value, ours)
    hidden: dict[str, Json] = {}
    for key, item in value.items():
        is_secret = (secret or _holds_a_value(key, value)) and not _is_no_value(key, item)
        hidden[names[key]] = _named(_hide(item, ours, secret=is_secret), names[key] if _name_of(item) == key else "")
    return hidden


def _name_of(item: Json) -> str:
    """The name of a statement or a tag, which is its key in a plan; empty for anything else."""
    found = (item.get(field) for field in _NAMES) if isinstance(item, Mapping) else ()
    return next((name for name in found if isinstance(name, str)), "")


def _named(item: Json, name: str) -> Json:
    """The item with this name, if it is a statement or a tag: a snapshot's list masks it as a plan masks its key."""
    if not (name and isinstance(item, Mapping)):
        return item
    return {**item, next(field for field in _NAMES if isinstance(item.get(field), str)): name}


def _names(keys: Iterable[str], ours: _Ours) -> dict[str, str]:
    """The masked form of each key, since somebody may have given a resource or a statement a secret as its name.

    Keys with the same masked form are numbered, so that none is lost, and sorted first, so that their order does not
    matter.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(keys):
        shown = name = key if key in ours.keys else masked(key)
        number = 1
        while name in taken:
            number += 1
            name = f"{shown}#{number}"
        taken.add(name)
        names[key] = name
    return names


def _hide_text(text: str, ours: _Ours, *, secret: bool) -> str:
    if secret and not _REFERENCE.fullmatch(text):
        return HIDDEN
    if within := read_document(text):
        shown = _hide(within, ours, secret=False)
        # A YAML template is always written as JSON, because its comments were not masked.
        return text if shown == within and text.startswith(("{", "[")) else write_document(shown)
    return "\n".join(map(masked, text.split("\n")))


def _holds_a_value(key: str, among: Mapping[str, Json]) -> bool:
    """Whether the value of `key` is secret, by the key, or by the name beside it (in a tag of a template)."""
    beside = (among.get(name) for name in _KEYS) if key in _VALUES else ()
    return any(isinstance(name, str) and _names_a_secret(name) for name in (key, *beside))


@lru_cache(maxsize=4096)
def _names_a_secret(key: str) -> bool:
    if key.startswith("arn:"):
        return False  # the words in an id are chance
    return key == _THIRD_PARTY or names_a_secret(key)


def _is_no_value(key: str, value: Json) -> bool:
    """Whether only the name is that of a secret: the id of a resource, the Sid of a statement, or the template of a
    secret's value, whose own keys tell what is secret.
    """
    if key == "SecretStringTemplate":
        return isinstance(value, str) and isinstance(read_document(value), Mapping)
    if key in {_RULE, *_REFERRING}:
        return True
    if not isinstance(value, Mapping):
        return False
    return "::" in str(value.get("Type")) or value.get("Effect") in ("Allow", "Deny")


def _note(value: Json, values: set[str], keys: set[str]) -> None:
    """Add all texts and numbers of a value to `values`, and all its keys to `keys`."""
    if isinstance(value, Mapping):
        keys.update(value)
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        values.add(str(value))
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            _note(item, values, keys)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a repeated key: one of its values would be lost, and never masked."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _template(text: str) -> Json:
    import cfn_flip  # noqa: PLC0415 (it loads a YAML parser, and `--help` masks nothing)

    try:
        found: Json = json.loads(cfn_flip.to_json(text))
    except (TypeError, ValueError, RecursionError):  # not YAML, or a key that JSON cannot have, such as a date
        return None
    return found if isinstance(found, Mapping) and "Resources" in found else None
