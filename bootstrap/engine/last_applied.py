"""What the YAML said when it was last applied: a few bytes for each resource, to tell drift from what was asked.

And what there was then that is not ours: what came since is told. It is no state: AWS is the state, and without a
memory everything works but that distinction.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.engine.plan import Cause
from bootstrap.model.diff import canonical
from bootstrap.model.resource import Resource
from bootstrap.secrecy.redact import is_redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bootstrap.engine.plan import Change, Plan, Unmanaged
    from bootstrap.model.resource import Address, Body, Json

# Of an address, and of a body: so many that nobody finds another name or value that passes for what was applied.
_HASH_BYTES: Final = 10
_RECORD_BYTES: Final = 2 * _HASH_BYTES
# A parameter of the free tier holds 4,096 characters, which are 153 records in base64.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_RECORDS_MAX: Final = 150
# A record's shard is told by the first bits of its first two bytes.
_SHARD_BITS: Final = 16
_COMPLETE, _BEGUN = "complete", "begun"
# Before the records of the first shard: whether the last apply came to its end, how many shards there are, what was
# usual, and whose serial it was.
_MARK: Final = re.compile(rf"({_COMPLETE}|{_BEGUN}) ([1-9][0-9]{{0,3}})((?: \w+=[0-9]{{1,9}})*):")
# Says of a memory that it holds what is not ours: one that an older version wrote does not.
_OTHERS: Final = "others"
_SERIAL: Final = "serial"


class Compared(NamedTuple):
    """What is remembered as one thing: its address, and the bodies of what there is of it and what is wanted."""

    address: Address
    have: Body | None
    want: Body | None


@dataclass(frozen=True, slots=True)
class LastApplied:
    """The hash of what was wanted of each resource, or was kept of it, by the hash of its address.

    `complete` says that the last apply came to its end. What one that did not was about to change is forgotten.
    `usual`: the `safety` limits of the last complete apply of everything. `serial`: the highest that an apply was
    given, 0 before any was.
    """

    records: Mapping[bytes, bytes] = field(default_factory=dict)
    complete: bool = False
    usual: Mapping[str, int] = field(default_factory=dict)
    serial: int = 0

    def cause(self, change: Change, compared: Compared) -> Cause:
        """Why there is a difference: the YAML has changed since it was last applied, or what there is has."""
        record = self.records.get(_hash(str(compared.address)))
        if record is None:
            return self._cause_of_unremembered(change)
        if compared.want is None:
            return Cause.ASKED
        if record == _hash(compared.want):
            return Cause.DRIFT
        if compared.have is None:
            return Cause.BOTH
        if record == _hash(compared.have):
            return Cause.ASKED
        # What there is with an e-mail hidden is not what was remembered, whoever changed what.
        return Cause.UNKNOWN if is_redacted(compared.have) else Cause.BOTH

    def holds(self, resource: Resource) -> bool:
        """Whether the YAML asked for just this when it was last applied, or this was kept."""
        return self.records.get(_hash(str(resource.address))) == _hash(resource.body)

    def knows(self, address: Address) -> bool:
        """Whether the YAML asked for a thing when it was last applied, or it was kept."""
        return _hash(str(address)) in self.records

    def has_strayed(self, kept: Resource) -> bool:
        """Whether a thing that the YAML has no more came, or was otherwise, since it was last applied."""
        return self.complete and not self.holds(kept) and not is_redacted(kept.body)

    def _cause_of_unremembered(self, change: Change) -> Cause:
        """The YAML did not have it, unless a run that did not end has forgotten it, or never came to it."""
        if not self.complete:
            return Cause.UNKNOWN
        return Cause.DRIFT if change.after is None else Cause.ASKED

    def without(self, addresses: Iterable[Address]) -> LastApplied:
        """The memory while these are being changed."""
        gone = {_hash(str(address)) for address in addresses}
        records = {key: body for key, body in self.records.items() if key not in gone}
        return replace(self, records=records, complete=False)

    def only(self, addresses: Iterable[Address]) -> LastApplied:
        """What is remembered of these."""
        keys = {_hash(str(address)) for address in addresses}
        return replace(self, records={key: body for key, body in self.records.items() if key in keys}, complete=False)

    def and_of(self, resources: Iterable[Resource], *, complete: bool) -> LastApplied:
        """The memory once these are as they are wanted."""
        known = {_hash(str(resource.address)): _hash(resource.body) for resource in resources}
        return replace(self, records={**self.records, **known}, complete=complete)

    @property
    def knows_others(self) -> bool:
        """Whether what is not ours was written down at all."""
        return _hash(_OTHERS) in self.records

    def is_new(self, unmanaged: Unmanaged) -> bool:
        """Whether it was not there, or not as it is, when the YAML was last applied."""
        told = _other(unmanaged)
        return self.knows_others and _hash(told) not in self.records and not is_redacted(told)

    def and_of_others(self, unmanaged: Iterable[Unmanaged]) -> LastApplied:
        """The memory once these, which are not ours, were told and left alone."""
        known = {_hash(name): _hash(name) for name in (_OTHERS, *map(_other, unmanaged))}
        return replace(self, records={**self.records, **known})

    def shards(self) -> dict[str, str]:
        """Texts of at most 4,096 characters by their names. A small change changes few of them.

        They are written in this order, so that a write that dies on the way leaves no gap that passes for memory: the
        mark says last that the apply came to its end, and first that one has begun.
        """
        bits = (len(self.records) // _RECORDS_MAX).bit_length()
        while True:
            shards: dict[int, list[bytes]] = {number: [] for number in range(1 << bits)}
            for key, body in sorted(self.records.items()):
                shards[int.from_bytes(key[:2]) >> (_SHARD_BITS - bits)].append(key + body)
            if all(len(records) <= _RECORDS_MAX for records in shards.values()):
                break
            bits += 1
        numbers = {**self.usual, **({_SERIAL: self.serial} if self.serial else {})}
        told = "".join(f" {name}={number}" for name, number in sorted(numbers.items()))
        mark = f"{_COMPLETE if self.complete else _BEGUN} {len(shards)}{told}:"
        return {
            _name(number): (mark if number == 0 else "") + base64.b64encode(b"".join(shards[number])).decode()
            for number in sorted(shards, reverse=self.complete)
        }


def explain(
    plan: Plan,
    memory: LastApplied | None,
    compare: Callable[[Change], Compared],
    means_another: Callable[[Change], bool] = lambda _change: False,
) -> Plan:
    """The plan with the cause of each change, and with what came since the YAML was last applied of others, and of
    what is kept: as far as anything is remembered, and the thing could be looked at.

    `compare` says under which address something is remembered of what a change is of, `means_another` whether its
    name means another thing than until now.
    """
    if memory is None:
        return plan
    inaccessible = {item.address for item in plan.inaccessible}
    causes = {
        change.address: memory.cause(change, compare(change))
        for change in plan.changes
        if change.address not in inaccessible
    }
    # What is there of a name that means another thing now was not as the YAML had it before; nor is what needs it.
    others = {
        change.address
        for change in plan.changes
        if causes.get(change.address) in {Cause.ASKED, Cause.BOTH} and means_another(change)
    }
    for change in plan.changes:
        needs = change.after.needs if change.after and causes.get(change.address) is Cause.DRIFT else frozenset()
        if change.address in others or needs & others:
            causes[change.address] = Cause.ASKED
    return replace(
        plan,
        changes=tuple(replace(change, cause=causes.get(change.address, Cause.UNKNOWN)) for change in plan.changes),
        unmanaged=tuple(replace(item, new=memory.is_new(item)) for item in plan.unmanaged),
        retained_drift=frozenset(item.address for item in plan.kept if memory.has_strayed(item)),
    )


def halves(
    left_out: Iterable[Change],
    memory: LastApplied | None,
    compare: tuple[Callable[[Change], Compared], Callable[[Change], Compared]],
) -> Iterator[Resource]:
    """Attachments and surplus are planned apart and remembered as one. Where `--target` applies one of them, the state
    in between is remembered, or the other would look like drift.

    `compare` tells as what a change is remembered, with what there is now, and with what there will be.
    """
    now, then = compare
    for change in left_out:
        before, after = now(change).have, then(change).have
        here = now(change).address
        if before and after and before != after and memory and memory.holds(Resource(here, before)):
            yield Resource(here, after)


def from_shards(shards: Mapping[str, str]) -> LastApplied | None:
    """The memory that was written as these; None if there is none, or it cannot be read, or not all of it."""
    mark = _MARK.match(shards.get(_name(0), ""))
    if mark is None or shards.keys() != {_name(number) for number in range(int(mark[2]))}:
        return None
    try:
        found = [base64.b64decode(text.removeprefix(mark[0]), validate=True) for text in shards.values()]
    except ValueError:
        return None
    if any(len(text) % _RECORD_BYTES for text in found):
        return None
    records: dict[bytes, bytes] = {}
    for text in found:
        for start in range(0, len(text), _RECORD_BYTES):
            record = text[start : start + _RECORD_BYTES]
            records[record[:_HASH_BYTES]] = record[_HASH_BYTES:]
    usual = {name: int(number) for name, _, number in (word.partition("=") for word in mark[3].split())}
    serial = usual.pop(_SERIAL, 0)
    return LastApplied(records, mark[1] == _COMPLETE, usual, serial)


def _name(shard: int) -> str:
    return f"{shard:03}"


def _other(unmanaged: Unmanaged) -> str:
    """What is remembered of a thing that is not ours, under a name that no address has."""
    return f"{_OTHERS} {unmanaged.address} {unmanaged.detail}"


def _hash(value: Json) -> bytes:
    return hashlib.sha256(canonical(value).encode()).digest()[:_HASH_BYTES]
