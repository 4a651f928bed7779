"""The values of each change as lines of text. A long value that can be read elsewhere is replaced by a reference."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.model.diff import differences, is_set
from bootstrap.model.names import KEY_TAG
from bootstrap.render.lines import INDENT, SYMBOLS, block, compact, wrapped
from bootstrap.render.references import LONG, References, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.diff import Difference
    from bootstrap.model.resource import Address, Json, Resource
    from bootstrap.render.references import Part, Reference

# Details of more lines than these are shown once.
_MANY_LINES: Final = 2
# A part with at most as many differences from another one is shown as these.
_FEW_DIFFERENCES: Final = 6
_NAMING_FIELDS: Final = frozenset({"name", "policy", "target"})


class _Shown(NamedTuple):
    """A part, its value as text, and where else that can be read."""

    part: Part
    text: str
    reference: Reference | None


class Details:
    """Shows the changes of one plan, in the order that they are asked for."""

    def __init__(self, width: int, plan: Plan) -> None:
        self.width = width
        self.references = References(plan)
        self._replaced: list[str] = []

    def of(self, change: Change) -> Iterator[str]:
        for remark in change.remarks:
            yield from wrapped(f"{INDENT}({remark})", self.width, indent=INDENT + " ")
        lines = list(self._values(change))
        text = "\n".join(lines)
        same = self.references.find_shown(text, change.address) if len(lines) > _MANY_LINES else None
        if same:
            self._replaced.append(text)
            yield f"{INDENT}{same}"
        else:
            yield from lines

    def take_replaced(self) -> list[str]:
        """Each text that was replaced by a reference since this was last asked."""
        replaced, self._replaced = self._replaced, []
        return replaced

    def _values(self, change: Change) -> Iterator[str]:
        before, after = change.before, change.after
        if before and after:
            for difference in differences(before.body, after.body):
                yield from _difference_lines(difference, self.width)
        elif whole := after or before:
            yield from self._whole(f"{INDENT}{SYMBOLS[change.action]} ", whole)

    def _whole(self, prefix: str, resource: Resource) -> Iterator[str]:
        """Every part of a resource. Those that another resource has are listed by name."""
        found = list(self._parts(resource))
        references = Counter(shown.reference for shown in found if shown.reference).most_common(1)
        similar = references[0][0] if references else None
        for (field, reference), group in groupby(found, key=lambda shown: (shown.part.field, shown.reference)):
            if reference is None:
                for shown in group:
                    yield from self._part(prefix, shown, similar)
            else:
                parts = [shown.part for shown in group]
                names = ", ".join(part.name for part in parts)
                label = parts[0].label if len(parts) == 1 else f"{field}.{{{names}}}"
                yield from wrapped(f"{prefix}{label}: {reference}", self.width, indent=INDENT * 2)

    def _parts(self, resource: Resource) -> Iterator[_Shown]:
        here = resource.address
        for part in parts_of(resource):
            if not _repeats_address(part, here):
                text = compact(part.value)
                reference = self.references.find(text, here)
                if reference:
                    self._replaced.append(text)
                yield _Shown(part, text, reference)

    def _part(self, prefix: str, shown: _Shown, similar: Reference | None) -> Iterator[str]:
        """In full, or as what differs from the same part of a similar resource."""
        part, few = shown.part, self._few_differences(shown, similar) if similar else ()
        if few:
            self._replaced.append(shown.text)
            yield f"{prefix}{part.label}: {similar}, except"
            for each in few:
                yield from block(each.after, prefix=INDENT * 2, label=f"{each.where}: ", width=self.width)
        else:
            yield from block(part.value, prefix=prefix, label=f"{part.label}: ", width=self.width)

    def _few_differences(self, shown: _Shown, similar: Reference) -> Sequence[Difference]:
        """Empty if there are many, or if the values of this part alone do not tell all of them."""
        other = self.references.readable_part(similar, shown.part.label) if len(shown.text) > LONG else None
        if not isinstance(other, Mapping):
            return ()
        found = list(differences(other, shown.part.value))
        partial = any(each.before is None or each.after is None or each.reordered for each in found)
        return () if partial or len(found) > _FEW_DIFFERENCES else found


def _repeats_address(part: Part, address: Address) -> bool:
    """Whether a part that names the resource says no more than the address: `attachment:region.limit@Workloads` has the
    policy and the target. It need not be shown.
    """
    is_name = part.field in _NAMING_FIELDS or part.name == KEY_TAG
    if not is_name or not isinstance(part.value, str):
        return False
    policy, _, target = address.name.rpartition("@")
    return part.value in {address.kind, address.name, policy} or part.value.partition(":")[2] == target != ""


def _difference_lines(difference: Difference, width: int) -> Iterator[str]:
    """One field that differs. Of two sets, only the items that were added or removed."""
    label, before, after = difference.where, difference.before, difference.after
    if difference.reordered:
        yield f"{INDENT}~ {label}: (order changed)"
    elif _look_alike(before, after):
        yield f"{INDENT}~ {label}: {json.dumps(before)} -> {json.dumps(after)}"
    elif items := _added_and_removed(before, after):
        yield f"{INDENT}~ {label}:"
        yield from items
    elif before is None:
        yield from block(after, prefix=f"{INDENT}+ ", label=f"{label}: ", width=width)
    elif after is None:
        yield from block(before, prefix=f"{INDENT}- ", label=f"{label}: ", width=width)
    elif len(line := f"{INDENT}~ {label}: {compact(before)} -> {compact(after)}") <= width:
        yield line
    else:
        yield f"{INDENT}~ {label}:"
        yield from _side("-", before, width)
        yield from _side("+", after, width)


def _side(symbol: str, value: Json, width: int) -> Iterator[str]:
    """One side of a difference that is too long for one line. In a list the symbol replaces the dash."""
    for item in value if isinstance(value, Sequence) and not isinstance(value, str) else [value]:
        yield from block(item, prefix=f"{INDENT * 2}{symbol} ", width=width)


def _look_alike(before: Json, after: Json) -> bool:
    """Whether a reader sees no difference until the characters are escaped: é may be one character or two."""
    return unicodedata.normalize("NFKC", compact(before)) == unicodedata.normalize("NFKC", compact(after))


def _added_and_removed(before: Json, after: Json) -> list[str]:
    """The items that only one of two sets has; empty unless both are sets and one is a list."""
    if isinstance(before, str) and isinstance(after, str):
        return []
    # In AWS's policies, a text is a set of one.
    old, new = ([side] if isinstance(side, str) else side for side in (before, after))
    if not (isinstance(old, Sequence) and isinstance(new, Sequence) and is_set(old) and is_set(new)):
        return []
    removed = [f"{INDENT * 2}- {compact(item)}" for item in old if item not in new]
    return removed + [f"{INDENT * 2}+ {compact(item)}" for item in new if item not in old]
