"""A toy kind: things in a forest, in a dictionary that answers as strictly as AWS."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bootstrap.engine.kind import Context, Kind, Observed
from bootstrap.model.errors import AwsError
from bootstrap.model.resource import Address, Ids, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class Shelf:
    """What there is: each thing with the name of what it stands on. Refuses whatever AWS would."""

    things: dict[str, tuple[str, int]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    broken: frozenset[str] = frozenset()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, name: str, under: str, value: int) -> None:
        with self.lock:
            if name in self.broken:
                raise AwsError("toy.Put", "Broken", f"{name} cannot be put")
            assert not under or under in self.things, f"{name} was put on {under}, which is not there"
            self.things[name] = (under, value)
            self.log.append(name)

    def take(self, name: str) -> None:
        with self.lock:
            held = [thing for thing, (under, _) in self.things.items() if under == name]
            assert not held, f"{name} was taken from under {held}"
            del self.things[name]
            self.log.append(name)


class ToyKind(Kind):
    name = "toy"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def desired(self, spec: Any) -> Iterable[Resource]:
        return [thing(name, under, value) for name, (under, value) in spec.items()]

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del context, want
        found = [thing(name, under, value) for name, (under, value) in self.shelf.things.items()]
        return Observed({resource.address: resource for resource in found})

    def create(self, context: Context, want: Resource) -> None:
        del context
        self._put(want)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        del context, have
        self._put(want)

    def delete(self, context: Context, have: Resource) -> None:
        del context
        self.shelf.take(have.address.name)

    def _put(self, want: Resource) -> None:
        value = want.body["value"]
        assert isinstance(value, int)
        self.shelf.put(want.address.name, str(want.body["under"]), value)


def thing(name: str, under: str, value: int) -> Resource:
    needs = frozenset({Address("toy", under)}) if under else frozenset()
    return Resource(Address("toy", name), {"under": under, "value": value}, needs)


def context() -> Context:
    """A context for kinds that need no AWS."""
    nothing: Any = None
    return Context(nothing, nothing, Ids())
