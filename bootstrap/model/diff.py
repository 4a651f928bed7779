"""The differences of two bodies, to show a plan and to verify a reviewed one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Body, Json


# The fields that identify the items of a list: statements, inline policies, tags. AWS refuses duplicates in one list.
_IDENTIFYING: Final = ("Sid", "PolicyName", "Key")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: the path to it, and its value on each side (None where it is absent).

    An item of a list is in the path as `[DenyLeaving]`, or by its number as `[#2]`.
    """

    path: tuple[str, ...]
    before: Json
    after: Json
    reordered: bool = False
    """The common items of two lists of mappings are in another order; other differences are separate."""

    @property
    def where(self) -> str:
        return "".join(part if part.startswith("[") else f".{part}" for part in self.path).removeprefix(".")


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
    elif _is_of_mappings(before) and _is_of_mappings(after):
        yield from _differences_of_items(before, after, path)
    else:
        yield Difference(path, before, after)


def _is_of_mappings(value: Json) -> TypeGuard[Sequence[Mapping[str, Json]]]:
    return (
        isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, Mapping) for item in value)
    )


def _differences_of_items(before: Sequence[Body], after: Sequence[Body], path: tuple[str, ...]) -> Iterator[Difference]:
    """Compare each item with its partner on the other side; an item without one differs as a whole."""
    field = next((name for name in _IDENTIFYING if _identifies(name, before) and _identifies(name, after)), "")
    partners = _partners_by_name(field, before, after) if field else _partners_by_likeness(before, after)
    for number, item in enumerate(before):
        label = f"[{item[field] if field else f'#{number + 1}'}]"
        if number in partners:
            label = label if field else f"[#{partners[number] + 1}]"
            yield from differences(item, after[partners[number]], (*path, label))
        else:
            yield Difference((*path, label), item, None)
    found = set(partners.values())
    for number, item in enumerate(after):
        if number not in found:
            yield Difference((*path, f"[{item[field] if field else f'#{number + 1}'}]"), None, item)
    order = [partners[number] for number in sorted(partners)]
    if order != sorted(order):
        yield Difference(path, before, after, reordered=True)


def _identifies(field: str, items: Sequence[Body]) -> bool:
    names = [item.get(field) for item in items]
    return all(isinstance(name, str) for name in names) and len(set(map(canonical, names))) == len(names)


def _partners_by_name(field: str, before: Sequence[Body], after: Sequence[Body]) -> dict[int, int]:
    there = {item[field]: number for number, item in enumerate(after)}
    return {number: there[item[field]] for number, item in enumerate(before) if item[field] in there}


def _partners_by_likeness(before: Sequence[Body], after: Sequence[Body]) -> dict[int, int]:
    """Pair equal items; if both sides have as many left, pair those in order if they have any field in common."""
    free = list(range(len(after)))
    partners: dict[int, int] = {}
    for number, item in enumerate(before):
        if (same := next((other for other in free if after[other] == item), None)) is not None:
            partners[number] = same
            free.remove(same)
    left = [number for number in range(len(before)) if number not in partners]
    if len(left) == len(free):
        alike = (
            (number, other)
            for number, other in zip(left, free, strict=True)
            if any(after[other].get(key) == value for key, value in before[number].items())
        )
        partners |= dict(alike)
    return partners


def steps(before: Body | None, after: Body | None) -> frozenset[Step]:
    """The steps that turn one body into another; None has no fields."""
    return frozenset(_steps(before or {}, after or {}, ()))


def is_set(value: Json) -> bool:
    """Whether it is a list of texts without duplicates, which is compared item by item."""
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
        # A list of mappings as a whole: some of the reviewed changes of a statement may allow more than all of them.
        yield Step(path, _text(before), _text(after))


def _steps_of_fields(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[Step]:
    old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
    for key in old.keys() | new.keys():
        yield from _steps(old.get(key), new.get(key), (*path, key))


def _steps_of_items(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[Step]:
    old, new = (side if isinstance(side, Sequence) else () for side in (before, after))
    if set(old) == set(new):  # only the order differs
        yield Step(path, _text(before), _text(after))
    yield from (Step(path, canonical(item), "") for item in old if item not in new)
    yield from (Step(path, "", canonical(item)) for item in new if item not in old)


def _text(value: Json) -> str:
    return "" if value is None else canonical(value)
