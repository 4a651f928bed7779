"""Where each long value of a plan can be read: it is shown once, and other places refer to that one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from bootstrap.render.json_lines import compact
from bootstrap.render.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.plan import Plan
    from bootstrap.model.resource import Address, Json, Resource

# A shorter value is repeated.
_LONG: Final = 160


@dataclass(frozen=True, slots=True)
class Reference:
    """The resource that has the same value. `unchanged`: the plan leaves it as it is, and does not show it."""

    address: Address
    unchanged: bool = False

    def __str__(self) -> str:
        return f"same as {self.address}" + " (unchanged)" * self.unchanged


class References:
    """What was shown so far. A comment that cannot show something forgets it with `drop`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._shown: dict[str, Address] = {}
        self._pending: dict[str, Address] = {}

    def find(self, text: str, here: Address) -> Reference | None:
        """Where the text can be read; None if it has to be shown `here`, as it is from now on."""
        if len(text) <= _LONG:
            return None
        if holder := self._unchanged.get(text):
            return Reference(holder, unchanged=True)
        return self.once(text, here)

    def once(self, text: str, here: Address) -> Reference | None:
        """The same for a text of any length that unchanged resources are not searched for."""
        shown = self._shown.get(text) or self._pending.setdefault(text, here)
        return None if shown == here else Reference(shown)

    def read_at(self, reference: Reference, value: Json) -> bool:
        """Whether a reader finds the value in full where the reference leads."""
        text = compact(value)
        holder = self._unchanged.get(text) if reference.unchanged else self._shown.get(text, self._pending.get(text))
        return holder == reference.address

    def resource(self, reference: Reference) -> Resource | None:
        return self._resources.get(reference.address)

    def keep(self) -> None:
        """What was found since the last `keep` or `drop` is shown."""
        self._shown |= self._pending
        self._pending.clear()

    def drop(self) -> None:
        """It is not shown after all."""
        self._pending.clear()

    @cached_property
    def _unchanged(self) -> Mapping[str, Address]:
        """A resource that has the value now and keeps it, for each long value."""
        pairs = [(resource, resource) for resource in self._plan.unchanged]
        pairs += [(change.before, change.after) for change in self._plan.changes if change.before and change.after]
        found: dict[str, Address] = {}
        for before, after in sorted(pairs, key=lambda pair: pair[1].address):
            now = {part.label: part.value for part in parts_of(before)}
            for part in parts_of(after):
                if now.get(part.label) == part.value and len(text := compact(part.value)) > _LONG:
                    found.setdefault(text, after.address)
        return found

    @cached_property
    def _resources(self) -> Mapping[Address, Resource]:
        changed = {change.address: change.after or change.before for change in self._plan.changes}
        found = {here: resource for here, resource in changed.items() if resource}
        return {resource.address: resource for resource in self._plan.unchanged} | found
