"""Mask secrets where a plan, snapshot, journal or error leaves the process: somebody may have written one into AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.secrecy import patterns
from bootstrap.secrecy.document import read_document, write_document
from bootstrap.secrecy.patterns import names_a_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bootstrap.model.resource import Json

masked: Final = lru_cache(maxsize=65536)(patterns.masked)
HIDDEN: Final = "(hidden)"
# The rule of how a value is made, none itself.
_RULE: Final = "GenerateSecretString"
# What a third party is told by.
_THIRD_PARTY: Final = "sts:ExternalId"
# Where a key and its value stand side by side: a tag, a variable, a parameter.
_KEYS: Final = ("Key", "Name", "ParameterKey", "OptionName", "key", "name")
_VALUES: Final = frozenset({"Value", "ParameterValue", "value"})
_NAMES: Final = ("Sid", "Key")
# What only says where a value is.
_REFERRING: Final = frozenset({"Ref", "Fn::GetAtt", "Fn::ImportValue"})
_REFERENCE: Final = re.compile(r"\{\{resolve:[^{}]+\}\}|arn:[\w-]+:[a-z0-9-]+:\S*|\$\{[^{}]+\}")


class _Ours(NamedTuple):
    """What the YAML says itself: whether a text or a number is such a value, and the keys."""

    is_value: Callable[[str], bool]
    keys: frozenset[str]


_NOTHING: Final = _Ours(lambda _text: False, frozenset())


def mask_secrets(value: Json, known: Json, plain: Callable[[str], Json] = str) -> Json:
    """A value without what looks like a secret. What the YAML says itself, in `known`, is none.

    `plain` takes AWS ids out of a text, so that it compares with `known`.
    """
    values = frozenset(_scalars(known))
    is_known = lru_cache(maxsize=65536)(lambda text: plain(text) in values)
    return _hide(value, _Ours(is_known, frozenset(_keys(known))), secret=False)


def mask_text(text: str) -> str:
    """A text, or the JSON in it, without what looks like a secret."""
    return _hide_text(text, _NOTHING, secret=False)


@lru_cache(maxsize=65536)
def mask_name(name: str) -> str:
    """A name, or a path of names, without what looks like a secret. What is left of a path is still a path."""
    if not name:
        return name
    whole, parts = masked(name), "/".join(map(masked, name.split("/")))
    # Both keep the length of the name.
    return "".join("*" if "*" in pair else pair[0] for pair in zip(whole, parts, strict=True))


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
    """What a statement or a tag is called, which is its key in a plan; empty for anything else."""
    found = (item.get(field) for field in _NAMES) if isinstance(item, Mapping) else ()
    return next((name for name in found if isinstance(name, str)), "")


def _named(item: Json, name: str) -> Json:
    """A statement or tag of this name: in a snapshot's list it is masked as it is as a key in a plan."""
    if not (name and isinstance(item, Mapping)):
        return item
    return {**item, next(field for field in _NAMES if isinstance(item.get(field), str)): name}


def _names(keys: Iterable[str], ours: _Ours) -> dict[str, str]:
    """What each key is shown as: it may be what somebody called a resource or a statement. Those that look the same
    once masked are numbered, for none is to get lost: the same in whatever order they come.
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
        # YAML has comments, which are not looked at.
        return text if shown == within and text.startswith(("{", "[")) else write_document(shown)
    return "\n".join(map(masked, text.split("\n")))


def _holds_a_value(key: str, among: Mapping[str, Json]) -> bool:
    """A tag of a template has its key beside its value."""
    beside = (among.get(name) for name in _KEYS) if key in _VALUES else ()
    return any(isinstance(name, str) and _names_a_secret(name) for name in (key, *beside))


@lru_cache(maxsize=4096)
def _names_a_secret(key: str) -> bool:
    if key.startswith("arn:"):
        return False  # what is in an id is chance
    return key == _THIRD_PARTY or names_a_secret(key)


def _is_no_value(key: str, value: Json) -> bool:
    """Whether it is a thing that is only called like a secret: a resource by its id, a statement by its Sid; or the
    template of a secret's value, whose own keys say what is none.
    """
    if key == "SecretStringTemplate":
        return isinstance(value, str) and isinstance(read_document(value), Mapping)
    if key in {_RULE, *_REFERRING}:
        return True
    if not isinstance(value, Mapping):
        return False
    return "::" in str(value.get("Type")) or value.get("Effect") in ("Allow", "Deny")


def _scalars(value: Json) -> Iterator[str]:
    """All texts and numbers in a value, but for its keys."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _scalars(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _scalars(item)
    else:
        yield str(value)


def _keys(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _keys(item)
