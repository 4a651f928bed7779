"""Addresses, resources, their AWS ids, and the references between them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Body: TypeAlias = Mapping[str, Json]
Replace: TypeAlias = Callable[[str], str]


class Address(NamedTuple):
    """The one name of a resource everywhere in the tool: `kind:name`, such as `ou:Workloads/Developers`.

    A tuple: a large plan hashes addresses hundreds of thousands of times.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        kind, _, name = text.partition(":")
        return cls(kind, name)

    @property
    def reference(self) -> str:
        """The text that stands for its AWS id inside a body, until the moment of the call."""
        return f"${{{self}}}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the YAML wants it or as AWS has it: both have this type, so the diff is `==`.

    `body` is plain JSON with raw values and without AWS ids: where one is needed it holds `Address.reference`. Only
    address and body are compared; every other field follows from them, or serves the reader.
    """

    address: Address
    body: Body
    needs: frozenset[Address] = field(default=frozenset(), compare=False)
    """These must exist for this one to exist."""
    follows: frozenset[Address] = field(default=frozenset(), compare=False)
    """Order alone: it is created after these, and those of them that are deleted go after it."""
    origin: str = field(default="", compare=False)
    """The place in the YAML, as `file:line`."""
    owner: Address | None = field(default=None, compare=False)
    """A plan lists this resource under its owner: a baseline under its account. None: under itself."""
    parent: Address | None = field(default=None, compare=False)
    """The organization chart draws it inside this one: an account inside its OU."""
    active: bool = field(default=True, compare=False)
    """False once nothing that is done to it matters to anybody: a closed account."""
    tagged_as: str = field(default="", compare=False)
    """The key in its tags, where that may differ from its address: an account's, if the YAML renamed the key."""
    unique: bool = field(default=False, compare=False)
    """AWS allows only one of it, so one that exists is managed whoever created it: the organization."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changes AWS: `service.Operation`, in which account (empty: the managing one) and region.

    `parameters` are as boto3 takes them, with a reference for an id that AWS gives only during the apply.
    """

    action: str
    account: str
    region: str
    parameters: Mapping[str, Json]


# `${account:tooling}`. IAM's policy variables (`${aws:PrincipalTag/team}`) look alike; `Ids` knows the kinds that are
# referred to.
_REFERENCE = re.compile(r"\$\{([a-z][a-z-]*:[^}]+)\}")


class Ids:
    """The map between addresses and AWS ids, shared by the threads of a run.

    `patterns` are regular expressions of ids, by the kinds whose ids stand in bodies.
    """

    def __init__(self, patterns: Mapping[str, str] | None = None) -> None:
        self._kinds = frozenset(patterns or ())
        # An id is never part of a longer word.
        any_id = "|".join(sorted((patterns or {}).values())) or "(?!)"
        self._id = re.compile(rf"(?<![0-9A-Za-z-])(?:{any_id})(?![0-9A-Za-z])")
        self._ids: dict[Address, str] = {}
        self._addresses: dict[str, Address] = {}
        self._lock = threading.Lock()

    def copy(self) -> Ids:
        """The same ids in a map of its own."""
        copy = Ids()
        copy._kinds, copy._id = self._kinds, self._id
        copy._ids, copy._addresses = dict(self._ids), dict(self._addresses)
        return copy

    def __contains__(self, address: Address) -> bool:
        return address in self._ids

    def __getitem__(self, address: Address) -> str:
        return self._ids[address]

    def __setitem__(self, address: Address, aws_id: str) -> None:
        with self._lock:
            self._ids[address] = aws_id
            self._addresses[aws_id] = address

    def address(self, aws_id: str) -> Address | None:
        """The address of an AWS id, or None for an unmanaged resource."""
        return self._addresses.get(aws_id)

    def fill(self, value: Json) -> Json:
        """`value` with every reference replaced by its AWS id, for the moment of a call.

        Raises KeyError for a resource that does not exist yet: the order of the plan rules that out.
        """

        def filled(match: re.Match[str]) -> str:
            address = Address.parse(match[1])
            return self[address] if address.kind in self._kinds else match[0]

        return rewrite(value, lambda text: _REFERENCE.sub(filled, text))

    def missing(self, value: Json) -> frozenset[Address]:
        """The references in a value without an id, such as text that somebody wrote and that looks like a reference."""
        return frozenset(
            address for address in references(value) if address.kind in self._kinds and address not in self
        )

    def take_out(self, value: Json) -> Json:
        """`value` with every known AWS id replaced by a reference: the inverse of `fill`."""
        return rewrite(value, lambda text: self._id.sub(self._reference, text))

    def _reference(self, match: re.Match[str]) -> str:
        address = self.address(match[0])
        return address.reference if address and address.kind in self._kinds else match[0]


def references(value: Json) -> frozenset[Address]:
    """Every address that a body refers to. They must exist before their ids can be filled in."""
    return frozenset(Address.parse(found) for text in texts(value) for found in _REFERENCE.findall(text))


def texts(value: Json, *, keys: bool = False) -> frozenset[str]:
    """All texts in a value; its keys only if asked for."""
    found: set[str] = set()
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, Mapping):
            todo.extend(item.values())
            if keys:
                found.update(item)
        elif isinstance(item, Sequence):
            todo.extend(item)
    return frozenset(found)


def rewrite(value: Json, change: Replace, *, keys: bool = False) -> Json:
    """The same value with each text changed; its keys only if asked for."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key) if keys else key: rewrite(item, change, keys=keys) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [rewrite(item, change, keys=keys) for item in value]
    return value
