"""A function's results by the identity of its argument: accounts share templates, and each is walked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class PerObject(Generic[T]):
    """Calls the function once for each object. Objects are kept, so that no other one gets the same id."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self._results: dict[int, tuple[object, T]] = {}

    def __call__(self, item: Any) -> T:
        known = self._results.get(id(item))
        if known is None:
            known = self._results[id(item)] = (item, self._function(item))
        return known[1]
