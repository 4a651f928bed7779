"""One change as lines of text, with its real values."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Action, Cause
from bootstrap.model.diff import differences, is_set
from bootstrap.render.values import block, compact, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.diff import Difference
    from bootstrap.model.resource import Address, Json, Resource

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.FORGET: "<"}
# A value longer than this is shown once, and pointed at where it comes again; so are details of more lines.
_LONG = 160
_MANY = 2
_INDENT = "    "


def headline(change: Change) -> str:
    """What happens to what, and where the YAML says so."""
    origin = change.after.origin if change.after else ""
    also = "  also changed outside" if change.cause is Cause.BOTH else ""
    return f"{SIGNS[change.action]} {change.address}" + (f"  ({origin})" if origin else "") + also


class Details:
    """The values of each change; what is as long as it is equal to what was shown before, or to what there is
    already and stays, is pointed at.
    """

    def __init__(self, width: int, plan: Plan) -> None:
        self.width = width
        # Only what comes or goes as a whole asks for it.
        self._standing = cache(lambda: _holders(plan))
        self._plan = plan
        self._pointed: list[str] = []
        self._values: dict[str, Address] = {}
        self._lines: dict[tuple[str, ...], Address] = {}

    def copy(self) -> Details:
        """The same, for what may not be shown after all."""
        copy = Details(self.width, self._plan)
        copy._standing, copy._values, copy._lines = self._standing, dict(self._values), dict(self._lines)
        return copy

    def note(self, shown: Details) -> None:
        """What a copy was asked for was shown."""
        self._values, self._lines = shown._values, shown._lines

    def of(self, change: Change) -> Iterator[str]:
        for remark in change.remarks:
            yield from wrapped(f"{_INDENT}({remark})", self.width, indent=_INDENT + " ")
        lines = tuple(self._of(change))
        first = self._lines.setdefault(lines, change.address) if len(lines) > _MANY else change.address
        if first == change.address:
            yield from lines
        else:
            self._pointed.append("\n".join(lines))
            yield f"{_INDENT}as of {first}"

    def pointed(self) -> list[str]:
        """Each text that was only pointed at since this was last asked."""
        found, self._pointed = self._pointed, []
        return found

    def calls(self, change: Change) -> Iterator[str]:
        """What a change calls, a paragraph for each; nothing, if nobody asked."""
        if change.calls == ():
            yield f"{_INDENT}> nothing to call"
        for call in change.calls or ():
            where = f" in {call.account} {call.region}" if call.account else ""
            given = "".join(f" {name}={_argument(value)}" for name, value in call.parameters.items())
            yield from wrapped(f"{_INDENT}> {call.action}{where}{given}", self.width, indent=_INDENT * 2)

    def _of(self, change: Change) -> Iterator[str]:
        match change.before, change.after:
            case None, after if after is not None:
                yield from self._whole("+", after)
            case before, None if before is not None:
                yield from self._whole(SIGNS[change.action], before)
            case before, after if before is not None and after is not None:
                for difference in differences(before.body, after.body):
                    yield from self._difference(difference)

    def _whole(self, sign: str, resource: Resource) -> Iterator[str]:
        """Every part of a resource, each on lines of its own."""
        for label, part in _parts(resource):
            text = compact(part)
            if len(text) > _LONG and (other := self._standing().get(text)):
                self._pointed.append(text)
                yield f"{_INDENT}{sign} {label}: as {other} has it"
                continue
            first = self._values.setdefault(text, resource.address) if len(text) > _LONG else resource.address
            if first == resource.address:
                yield from self._block(part, f"{_INDENT}{sign} ", f"{label}: ")
            else:
                self._pointed.append(text)
                yield f"{_INDENT}{sign} {label}: as in {first}"

    def _difference(self, difference: Difference) -> Iterator[str]:
        label = difference.where
        before, after = difference.before, difference.after
        if difference.reordered:
            yield f"{_INDENT}~ {label}: (what stays comes in another order)"
        elif _look_alike(before, after):
            yield f"{_INDENT}~ {label}: {json.dumps(before)} -> {json.dumps(after)}"
        elif moved := [*_moved("-", before, after), *_moved("+", after, before)]:
            yield f"{_INDENT}~ {label}:"
            yield from moved
        elif before is None:
            yield from self._block(after, f"{_INDENT}+ ", f"{label}: ")
        elif after is None:
            yield from self._block(before, f"{_INDENT}- ", f"{label}: ")
        else:
            one_line = f"{_INDENT}~ {label}: {compact(before)} -> {compact(after)}"
            if len(one_line) <= self.width:
                yield one_line
            else:
                yield f"{_INDENT}~ {label}:"
                yield from self._side("-", before)
                yield from self._side("+", after)

    def _side(self, sign: str, value: Json) -> Iterator[str]:
        """One side of what is too long for one line; a sign does what the dash of a list would."""
        prefix = f"{_INDENT}{_INDENT}{sign} "
        for item in value if _is_listed(value) and isinstance(value, Sequence) else [value]:
            yield from self._block(item, prefix)

    def _block(self, value: Json, prefix: str, label: str = "") -> Iterator[str]:
        return block(value, prefix=prefix, label=label, width=self.width)


def _look_alike(before: Json, after: Json) -> bool:
    """Whether they differ for a reader only once their characters are spelled out: é may be one, or two."""
    return unicodedata.normalize("NFKC", compact(before)) == unicodedata.normalize("NFKC", compact(after))


def _parts(resource: Resource) -> Iterator[tuple[str, Json]]:
    """Every field of a resource, and what is in it by name: each statement, each resource of a template."""
    for field, value in resource.body.items():
        if isinstance(value, Mapping):
            yield from ((f"{field}.{name}", part) for name, part in value.items())
        else:
            yield field, value


def _holders(plan: Plan) -> Mapping[str, Address]:
    """What each long value that stays is in."""
    sides = [(resource, resource) for resource in plan.unchanged]
    sides += [(change.before, change.after) for change in plan.changes if change.before and change.after]
    found: dict[str, Address] = {}
    for before, after in sorted(sides, key=lambda both: both[1].address):
        there = dict(_parts(before))
        for label, part in _parts(after):
            if there.get(label) == part and len(text := compact(part)) > _LONG:
                found.setdefault(text, after.address)
    return found


def _argument(value: Json) -> str:
    """A value as it is sent; of a whole document only how long it is, for its content is told as a change."""
    if isinstance(value, str) and (len(value) > _LONG or value.startswith("{")):
        return f"({len(value):,} characters)"
    return compact(value)


def _moved(sign: str, items: Json, others: Json) -> list[str]:
    """What only one of two sets has: nothing, where they differ in their order alone, or are no two sets."""
    if not (_is_listed(items) or _is_listed(others)):
        return []
    one, other = _as_set(items), _as_set(others)
    if one is None or other is None:
        return []
    return [f"{_INDENT}{_INDENT}{sign} {compact(item)}" for item in one if item not in other]


def _is_listed(value: Json) -> bool:
    return value is not None and not isinstance(value, str)


def _as_set(value: Json) -> Sequence[Json] | None:
    """The items of a set; a text is a set of one, as AWS's policies have it."""
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, Sequence) and is_set(value) else None
