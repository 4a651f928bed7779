"""The last-applied record: hashes of what was last applied. They tell drift from a change of the YAML.

They are not state: without them everything else works the same. They are kept in parameters of the management account.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Cause
from bootstrap.model.diff import canonical
from bootstrap.secrecy.redact import is_redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bootstrap.engine.plan import Change, Plan, Unmanaged
    from bootstrap.engine.review import Mask
    from bootstrap.model.resource import Address, Json, Resource

# Of an address, and of a body: long enough to rule out collisions.
_HASH_BYTES: Final = 10
_RECORD_BYTES: Final = 2 * _HASH_BYTES
# A parameter of the free tier holds 4,096 characters, which are 153 records in base64.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_RECORDS_MAX: Final = 150
# The first bits of a record's first two bytes choose its shard.
_SHARD_BITS: Final = 16
_COMPLETE, _BEGUN = "complete", "begun"
# Before the records of the first shard: whether the last apply finished, how many shards there are, the limits in
# force, and the serial number.
_HEADER: Final = re.compile(rf"({_COMPLETE}|{_BEGUN}) ([1-9][0-9]{{0,3}})((?: \w+=[0-9]{{1,9}})*):")
_SERIAL: Final = "serial"
# The key of a record that is there if unmanaged resources were recorded.
_UNMANAGED: Final = "unmanaged"


@dataclass(frozen=True, slots=True)
class LastApplied:
    """The hash of every resource's body, by the hash of its address, as it was last applied or retained.

    `complete`: the last apply finished. An unfinished one has removed the records of its changes. `limits` are those
    of `safety` at the last complete apply of everything; `serial` is the highest `--serial` so far, or 0.
    """

    records: Mapping[bytes, bytes] = field(default_factory=dict)
    complete: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    serial: int = 0

    def cause(self, change: Change) -> Cause:
        """Why there is a difference: the YAML has changed since it was last applied, or AWS has."""
        record = self.records.get(_hash(str(change.address)))
        have, want = change.bodies
        if record is None:
            # The YAML did not have it, unless an unfinished run removed the record or did not write it.
            if not self.complete:
                return Cause.UNKNOWN
            return Cause.DRIFT if want is None else Cause.ASKED
        if want is None:
            return Cause.ASKED
        if record == _hash(want):
            return Cause.DRIFT
        if have is not None and record == _hash(have):
            return Cause.ASKED
        # A redacted e-mail differs from every record, and proves no change.
        return Cause.UNKNOWN if is_redacted(have) else Cause.BOTH

    def holds(self, resource: Resource) -> bool:
        """Whether the resource, with this body, was applied or retained last."""
        return self.records.get(_hash(str(resource.address))) == _hash(resource.body)

    def knows(self, address: Address) -> bool:
        """Whether a resource of this address was applied or retained last."""
        return _hash(str(address)) in self.records

    @property
    def knows_unmanaged(self) -> bool:
        """Whether unmanaged resources were recorded at all: an apply that failed at once records none."""
        return _hash(_UNMANAGED) in self.records

    def is_new(self, unmanaged: Unmanaged) -> bool:
        """Whether it appeared or changed since the last apply."""
        name = _name_of(unmanaged)
        return self.knows_unmanaged and _hash(name) not in self.records and not is_redacted(name)

    def without(self, addresses: Iterable[Address]) -> LastApplied:
        """The records to keep while these resources are changed."""
        gone = {_hash(str(address)) for address in addresses}
        records = {key: body for key, body in self.records.items() if key not in gone}
        return replace(self, records=records, complete=False)

    def only(self, addresses: Iterable[Address]) -> LastApplied:
        """The records of these resources only."""
        keys = {_hash(str(address)) for address in addresses}
        return replace(self, records={key: body for key, body in self.records.items() if key in keys}, complete=False)

    def with_resources(self, resources: Iterable[Resource], *, complete: bool) -> LastApplied:
        known = {_hash(str(resource.address)): _hash(resource.body) for resource in resources}
        return replace(self, records={**self.records, **known}, complete=complete)

    def with_unmanaged(self, unmanaged: Iterable[Unmanaged]) -> LastApplied:
        known = {_hash(name): _hash(name) for name in (_UNMANAGED, *map(_name_of, unmanaged))}
        return replace(self, records={**self.records, **known})

    def shards(self) -> dict[str, str]:
        """Texts of at most 4,096 characters by name. A small change alters few of them.

        They must be written in this order, with the header last when an apply has finished and first when one begins:
        an interrupted write then never reads as complete.
        """
        bits = (len(self.records) // _RECORDS_MAX).bit_length()
        while True:
            shards: dict[int, list[bytes]] = {number: [] for number in range(1 << bits)}
            for key, body in sorted(self.records.items()):
                shards[int.from_bytes(key[:2]) >> (_SHARD_BITS - bits)].append(key + body)
            if all(len(records) <= _RECORDS_MAX for records in shards.values()):
                break
            bits += 1
        numbers = {**self.limits, **({_SERIAL: self.serial} if self.serial else {})}
        named = "".join(f" {name}={number}" for name, number in sorted(numbers.items()))
        header = f"{_COMPLETE if self.complete else _BEGUN} {len(shards)}{named}:"
        return {
            _name(number): (header if number == 0 else "") + base64.b64encode(b"".join(shards[number])).decode()
            for number in sorted(shards, reverse=self.complete)
        }


def explain(plan: Plan, last_applied: LastApplied | None, mask: Mask) -> Plan:
    """The plan with the cause of each change, and with new retained and unmanaged resources marked. These are masked
    first, because they are recorded masked.
    """
    if last_applied is None:
        return plan
    inaccessible = {item.address for item in plan.inaccessible}
    causes = {
        change.address: Cause.UNKNOWN if change.address in inaccessible else last_applied.cause(change)
        for change in plan.changes
    }
    # The YAML gave this key to another account: the record is about the old one, as are those of what needs it.
    renamed = {
        change.address
        for change in plan.changes
        if causes[change.address] in {Cause.ASKED, Cause.BOTH} and _is_renamed(change)
    }
    for change in plan.changes:
        needs = change.after.needs if change.after and causes[change.address] is Cause.DRIFT else frozenset()
        if change.address in renamed or needs & renamed:
            causes[change.address] = Cause.ASKED
    retained_drift = {
        item.address
        for item in plan.retained
        if last_applied.complete and not (last_applied.holds(mask.resource(item)) or is_redacted(item.body))
    }
    return replace(
        plan,
        changes=tuple(replace(change, cause=causes[change.address]) for change in plan.changes),
        unmanaged=tuple(replace(item, new=last_applied.is_new(mask.unmanaged(item))) for item in plan.unmanaged),
        retained_drift=frozenset(retained_drift),
    )


def from_shards(shards: Mapping[str, str]) -> LastApplied | None:
    """The record in these shards; None if there is none, or a shard is missing or unreadable."""
    header = _HEADER.match(shards.get(_name(0), ""))
    if header is None or shards.keys() != {_name(number) for number in range(int(header[2]))}:
        return None
    try:
        found = [base64.b64decode(text.removeprefix(header[0]), validate=True) for text in shards.values()]
    except ValueError:
        return None
    if any(len(text) % _RECORD_BYTES for text in found):
        return None
    records: dict[bytes, bytes] = {}
    for text in found:
        for start in range(0, len(text), _RECORD_BYTES):
            record = text[start : start + _RECORD_BYTES]
            records[record[:_HASH_BYTES]] = record[_HASH_BYTES:]
    limits = {name: int(number) for name, _, number in (word.partition("=") for word in header[3].split())}
    serial = limits.pop(_SERIAL, 0)
    return LastApplied(records, header[1] == _COMPLETE, limits, serial)


def _is_renamed(change: Change) -> bool:
    before, after = (side.tagged_as if side else "" for side in (change.before, change.after))
    return before != after


def _name(shard: int) -> str:
    return f"{shard:03}"


def _name_of(unmanaged: Unmanaged) -> str:
    """A key that differs from every address."""
    return f"{_UNMANAGED} {unmanaged.address} {unmanaged.detail}"


def _hash(value: Json) -> bytes:
    return hashlib.sha256(canonical(value).encode()).digest()[:_HASH_BYTES]
