"""Write each long value of a plan once, such as a resource that many baselines have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.model.diff import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.planfile.schema import PlanFile

_KEY: Final = "$shared"
# Shorter values are easier to read in place.
_LONG: Final = 200
_SIDES: Final = ("before", "after")


def share(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Replace each repeated long part of the changes' bodies by a reference. Returns the parts by their key.

    Only parts two levels down are shared, such as one resource of a template, so that a diff stays readable.
    """
    texts = [(part, canonical(part)) for part in _parts(changes)]
    often = Counter(text for _, text in texts)
    # A value that looks like a reference must not be read as one, so it is shared too.
    lookalikes = {text for part, text in texts if part.keys() == {_KEY}}
    chosen = [text for text in often if text in lookalikes or (len(text) > _LONG and often[text] > 1)]
    keys = {text: str(number) for number, text in enumerate(chosen, 1)}
    shared = {keys[text]: part for part, text in texts if text in keys}
    for change in changes:
        for side in _SIDES:
            if change[side]:
                change[side] = {field: _shortened(value, keys) for field, value in change[side].items()}
    return shared


def unshare(file: PlanFile) -> PlanFile:
    """The file with every reference replaced by its value."""
    changes = [
        change.model_copy(update={side: _restored(getattr(change, side), file.shared) for side in _SIDES})
        for change in file.changes
    ]
    return file.model_copy(update={"changes": changes, "shared": {}})


def _parts(changes: Iterable[Mapping[str, Any]]) -> list[Any]:
    bodies = (change[side] for change in changes for side in _SIDES if change[side])
    fields = (field for body in bodies for field in body.values() if isinstance(field, Mapping))
    return [part for field in fields for part in field.values() if isinstance(part, Mapping)]


def _shortened(value: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    named = {name: keys.get(canonical(part)) if isinstance(part, Mapping) else None for name, part in value.items()}
    return {name: {_KEY: key} if (key := named[name]) else part for name, part in value.items()}


def _restored(body: Any, shared: Mapping[str, Any]) -> Any:
    if body is None:
        return None
    return {
        field: {name: _original(part, shared) for name, part in value.items()} if isinstance(value, Mapping) else value
        for field, value in body.items()
    }


def _original(part: Any, shared: Mapping[str, Any]) -> Any:
    if isinstance(part, Mapping) and part.keys() == {_KEY}:
        return shared[part[_KEY]]
    return part
