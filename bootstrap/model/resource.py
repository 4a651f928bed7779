"""The words that everything else is written in: Address, Resource, Call, Ids."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Body: TypeAlias = Mapping[str, Json]
Replace: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """The only name a thing has in our context: `kind:name`, e.g. `ou:Workloads/Developers`."""

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
        """What stands for this thing's AWS id inside a body, until the moment of the call."""
        return f"${{{self}}}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing, as the YAML wants it or as AWS has it: both have this type, so the diff is `==`.

    `body` is plain JSON with no AWS id in it: where one is needed it holds `Address.reference`.
    `needs` are the things that must exist for this one to exist. `follows` is order alone: it is made after
    those of them that are made, and those that go away go after it. Both follow from the body, so they are no
    part of equality; neither is `origin`, the place in the YAML (`file:line`).
    """

    address: Address
    body: Body
    needs: frozenset[Address] = field(default=frozenset(), compare=False)
    origin: str = field(default="", compare=False)
    follows: frozenset[Address] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changes AWS: `service.Operation`, in which account (empty: the managing one) and region.

    `parameters` are as boto3 takes them. An id that AWS gives only during the apply is its thing's reference.
    """

    action: str
    account: str
    region: str
    parameters: Mapping[str, Json]


# IAM policy variables (`${aws:PrincipalTag/team}`) and CloudFormation's (`${AWS::Region}`) look alike but
# name none of these kinds.
_REFERENCE = re.compile(r"\$\{((?:organization|account|ou|policy):[^}]+)\}")
# An account id is twelve digits, an organization id `o-` and ten or more (botocore: organizations, shapes
# AccountId and OrganizationId). Not within a longer word: an id is never part of another one.
_ID = re.compile(r"(?<![0-9A-Za-z-])(?:[0-9]{12}|o-[a-z0-9]{10,32})(?![0-9A-Za-z])")


class Ids:
    """The one small map between addresses and AWS ids, shared by the threads of a run."""

    def __init__(self) -> None:
        self._ids: dict[Address, str] = {}
        self._addresses: dict[str, Address] = {}
        self._lock = threading.Lock()

    def copy(self) -> Ids:
        """The same ids in a map of its own."""
        copy = Ids()
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
        """The address of an AWS id, or None for a thing that is not ours."""
        return self._addresses.get(aws_id)

    def fill(self, value: Json) -> Json:
        """`value` with every reference replaced by its AWS id, for the moment of a call.

        Raises KeyError for a thing that does not exist yet: the order of the plan rules that out.
        """
        return rewrite(value, lambda text: _REFERENCE.sub(lambda m: self[Address.parse(m[1])], text))

    def take_out(self, value: Json) -> Json:
        """`value` with every AWS id that we know replaced by a reference: the inverse of `fill`."""
        return rewrite(value, lambda text: _ID.sub(self._reference, text))

    def _reference(self, match: re.Match[str]) -> str:
        address = self.address(match[0])
        return address.reference if address else match[0]


def references(value: Json) -> frozenset[Address]:
    """Every address that a body refers to: what must exist before its ids can be filled in."""
    return frozenset(Address.parse(found) for text in texts(value) for found in _REFERENCE.findall(text))


def texts(value: Json, *, keys: bool = False) -> frozenset[str]:
    """All texts in a value, its keys only if asked for."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(text)
        return text

    rewrite(value, note, keys=keys)
    return frozenset(found)


def rewrite(value: Json, change: Replace, *, keys: bool = False) -> Json:
    """The same value, each of its texts changed; and its `keys`, or else they stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key) if keys else key: rewrite(item, change, keys=keys) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [rewrite(item, change, keys=keys) for item in value]
    return value
