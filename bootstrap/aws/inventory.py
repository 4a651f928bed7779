"""A cache of reads: each is made once per plan, however many kinds need it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bootstrap.aws.api import AwsApi

T = TypeVar("T")


class Inventory:
    """Lazy and thread-safe; a new one is made for each plan."""

    def __init__(self, aws: AwsApi) -> None:
        self.aws = aws
        self._answers: dict[Any, Any] = {}
        self._locks: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """`function(self, *arguments)`, called once for the same arguments; they are hashable."""
        key = (function, arguments)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._answers:
                self._answers[key] = function(self, *arguments)
            return cast("T", self._answers[key])

    def known(self, function: Callable[..., T], *arguments: Any) -> T | None:
        """Its result if it was read already, else None; makes no call."""
        return cast("T | None", self._answers.get((function, arguments)))

    def prefetch(self, functions: Iterable[Callable[[Inventory], object]]) -> None:
        """Make these reads in parallel: AWS's rates are per action, so they do not slow each other down."""
        self.aws.each(self.read, functions)

    def forget(self) -> None:
        """Drop all results: the organization was just created."""
        with self._lock:
            self._answers.clear()
