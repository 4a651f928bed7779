"""Where each long value of a plan can be read: it is shown once, and other places refer to that one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.render.lines import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Plan
    from bootstrap.model.resource import Address, Json, Resource

LONG: Final = 160
"""A value of at most so many characters is repeated."""


class Part(NamedTuple):
    """A field of a body, or an item of the field by `name`: a statement, a resource of a template, a tag."""

    field: str
    name: str
    value: Json

    @property
    def label(self) -> str:
        return f"{self.field}.{self.name}" if self.name else self.field


def parts_of(resource: Resource) -> Iterator[Part]:
    for field, value in resource.body.items():
        if isinstance(value, Mapping):
            yield from (Part(field, name, part) for name, part in value.items())
        else:
            yield Part(field, "", value)


@dataclass(frozen=True, slots=True)
class Reference:
    """The resource that has the same value. `unchanged`: the plan leaves it as it is, and does not show it."""

    address: Address
    unchanged: bool = False

    def __str__(self) -> str:
        return f"same as {self.address}" + " (unchanged)" * self.unchanged


class References:
    """What was shown so far. A comment that has no room for something forgets it with `drop`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._resources = {resource.address: resource for resource in plan.unchanged}
        self._resources |= {change.address: side for change in plan.changes if (side := change.after or change.before)}
        self._shown: dict[str, Reference] = {}
        self._pending: dict[str, Reference] = {}

    def find(self, text: str, here: Address) -> Reference | None:
        """Where the text can be read; None if it has to be shown `here`, and is from now on."""
        if len(text) <= LONG:
            return None
        return self._unchanged.get(text) or self.find_shown(text, here)

    def find_shown(self, text: str, here: Address) -> Reference | None:
        """The same for a text of any length that no unchanged resource has."""
        shown = self._shown.get(text) or self._pending.setdefault(text, Reference(here))
        return None if shown.address == here else shown

    def readable_part(self, reference: Reference, label: str) -> Json:
        """The long part with this label, if a reader finds it in full where the reference leads."""
        resource = self._resources.get(reference.address)
        for part in parts_of(resource) if resource else ():
            if part.label == label:
                text = compact(part.value)
                found = self._unchanged.get(text) or self._shown.get(text) or self._pending.get(text)
                return part.value if found == reference else None
        return None

    def keep(self) -> None:
        """What was found since the last `keep` or `drop` is shown."""
        self._shown |= self._pending
        self._pending.clear()

    def drop(self) -> None:
        """It is not shown after all."""
        self._pending.clear()

    @cached_property
    def _unchanged(self) -> Mapping[str, Reference]:
        """A resource that has the value now and keeps it, for each long value."""
        pairs = [(resource, resource) for resource in self._plan.unchanged]
        pairs += [(change.before, change.after) for change in self._plan.changes if change.before and change.after]
        found: dict[str, Reference] = {}
        for before, after in sorted(pairs, key=lambda pair: pair[1].address):
            reference = Reference(after.address, unchanged=True)
            now = {part.label: part.value for part in parts_of(before)}
            for part in parts_of(after):
                if now.get(part.label) == part.value and len(text := compact(part.value)) > LONG:
                    found.setdefault(text, reference)
        return found
