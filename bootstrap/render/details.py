"""The values of each change as lines of text. A long value that can be read elsewhere is replaced by a reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.model.diff import differences
from bootstrap.render.difference_lines import difference_lines
from bootstrap.render.json_lines import INDENT, block, compact, wrapped
from bootstrap.render.parts import parts_of, repeats_address
from bootstrap.render.references import LONG, References
from bootstrap.render.symbols import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.diff import Difference
    from bootstrap.model.resource import Resource
    from bootstrap.render.parts import Part
    from bootstrap.render.references import Reference

# Details of more lines than these are shown once.
_MANY_LINES: Final = 2
# A part with at most as many differences from another one is shown as these.
_FEW_DIFFERENCES: Final = 6


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
                yield from difference_lines(difference, self.width)
        elif whole := after or before:
            yield from self._whole(f"{INDENT}{SYMBOLS[change.action]} ", whole)

    def _whole(self, prefix: str, resource: Resource) -> Iterator[str]:
        """Every part of a resource. Those that another resource has are listed by name."""
        found = list(self._parts(resource))
        similar = _most_common(shown.reference for shown in found)
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
            if not repeats_address(part, here):
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
        if len(shown.text) <= LONG:
            return ()
        other = self.references.readable_parts(similar).get(shown.part.label)
        if not isinstance(other, Mapping):
            return ()
        found = list(differences(other, shown.part.value))
        is_few = len(found) <= _FEW_DIFFERENCES and all(map(_is_replaced, found))
        return found if is_few else ()


def _most_common(references: Iterable[Reference | None]) -> Reference | None:
    found = Counter(filter(None, references)).most_common(1)
    return found[0][0] if found else None


def _is_replaced(difference: Difference) -> bool:
    """Whether the other value alone tells the difference."""
    return not (difference.before is None or difference.after is None or difference.reordered)
