"""The values of each change as lines of text. A long value that can be read elsewhere is replaced by a reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.model.diff import differences
from bootstrap.render.difference_lines import difference_lines
from bootstrap.render.json_lines import INDENT, block, compact, wrapped
from bootstrap.render.parts import parts_of, repeats_address
from bootstrap.render.references import References
from bootstrap.render.symbols import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.diff import Difference
    from bootstrap.model.resource import Resource
    from bootstrap.render.parts import Part
    from bootstrap.render.references import Reference

    Found: TypeAlias = tuple[Part, Reference | None]

# Details of more lines than these are shown once.
_MANY_LINES: Final = 2
# A value with at most as many differences from another one is shown as these.
_FEW_DIFFERENCES: Final = 6


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
        same = self.references.once(text, change.address) if len(lines) > _MANY_LINES else None
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
            yield from self._whole(SYMBOLS[change.action], whole)

    def _whole(self, symbol: str, resource: Resource) -> Iterator[str]:
        """Every part of a resource; parts of one field that another resource has are listed by name."""
        here = resource.address
        shown = [part for part in parts_of(resource) if not repeats_address(part, here)]
        found = [(part, self.references.find(compact(part.value), here)) for part in shown]
        often = Counter(reference for _, reference in found if reference).most_common(1)
        similar = often[0][0] if often else None
        for (field, reference), group in groupby(found, key=lambda each: (each[0].field, each[1])):
            parts = [part for part, _ in group]
            if reference is None:
                for part in parts:
                    yield from self._part(symbol, part, similar)
            else:
                self._replaced += [compact(part.value) for part in parts]
                names = ", ".join(part.name for part in parts)
                label = parts[0].label if len(parts) == 1 else f"{field}.{{{names}}}"
                yield from wrapped(f"{INDENT}{symbol} {label}: {reference}", self.width, indent=INDENT * 2)

    def _part(self, symbol: str, part: Part, similar: Reference | None) -> Iterator[str]:
        """A part in full, or as what it differs in from the same part of a similar resource."""
        few = self._few_differences(part, similar) if similar else ()
        if few:
            self._replaced.append(compact(part.value))
            yield f"{INDENT}{symbol} {part.label}: {similar}, except"
            for each in few:
                yield from block(each.after, prefix=INDENT * 2, label=f"{each.where}: ", width=self.width)
        else:
            yield from block(part.value, prefix=f"{INDENT}{symbol} ", label=f"{part.label}: ", width=self.width)

    def _few_differences(self, part: Part, similar: Reference) -> Sequence[Difference]:
        resource = self.references.resource(similar)
        others = parts_of(resource) if resource else ()
        other = next((each.value for each in others if each.label == part.label), None)
        if not isinstance(other, Mapping) or not self.references.read_at(similar, other):
            return ()
        found = list(differences(other, part.value))
        is_few = len(found) <= _FEW_DIFFERENCES
        return found if is_few and all(_is_replaced(difference) for difference in found) else ()


def _is_replaced(difference: Difference) -> bool:
    """Whether the other value alone tells the difference."""
    return not (difference.before is None or difference.after is None or difference.reordered)
