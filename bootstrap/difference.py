"""How two bodies differ: pure, and the same for reading a plan and for holding an apply to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model import Body, Json


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: the path to it, and its value on each side (None where it is absent)."""

    path: tuple[str, ...]
    before: Json
    after: Json


class Step(NamedTuple):
    """The smallest part of a difference: one value at a path, or one item of a list of texts, as canonical JSON.

    Empty text stands for absence.
    """

    path: tuple[str, ...]
    before: str
    after: str


def differences(before: Json, after: Json, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Every field that differs, as deep as both sides are mappings: a policy statement, a template's property."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key), after.get(key), (*path, key))
    else:
        yield Difference(path, before, after)


def steps(before: Body | None, after: Body | None) -> frozenset[Step]:
    """All that it takes to turn one body into another; a body that is absent has no field."""
    return frozenset(_steps(before or {}, after or {}, ()))


def is_set(value: Json) -> bool:
    """A list of texts without repeats: what matters is which are in it."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(item, str) for item in value)
        and len(set(value)) == len(value)
    )


def canonical(value: Json) -> str:
    """The same text for the same value, whatever the order of its keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _steps(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[Step]:
    if before == after:
        return
    sides = [side for side in (before, after) if side is not None]
    if all(isinstance(side, Mapping) for side in sides) and any(sides):
        yield from _steps_of_fields(before, after, path)
    elif all(is_set(side) for side in sides) and any(sides):
        yield from _steps_of_items(before, after, path)
    else:
        yield Step(path, _text(before), _text(after))


def _steps_of_fields(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[Step]:
    old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
    for key in old.keys() | new.keys():
        yield from _steps(old.get(key), new.get(key), (*path, key))


def _steps_of_items(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[Step]:
    old, new = (side if isinstance(side, Sequence) else () for side in (before, after))
    if set(old) == set(new):  # the order alone
        yield Step(path, _text(before), _text(after))
    yield from (Step(path, canonical(item), "") for item in old if item not in new)
    yield from (Step(path, "", canonical(item)) for item in new if item not in old)


def _text(value: Json) -> str:
    return "" if value is None else canonical(value)
