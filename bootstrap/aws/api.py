"""How AWS is called, whoever answers: the door to it, or a rehearsal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bootstrap import facts
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

THREADS: Final = 16
"""How many calls are under way at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call happens: an account id (empty: the management account) and a region."""

    account: str = ""
    region: str = facts.GLOBAL_REGION


HERE: Final = Place()


class AwsApi(ABC):
    """AWS as the kinds call it. `access_role` is how an account is entered, `home_region` where baselines go."""

    def __init__(self, *, access_role: str, home_region: str) -> None:
        self.access_role = access_role
        self.home_region = home_region

    @abstractmethod
    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        """Call `service.Operation` and return its answer. Raises AwsError once trying again is of no use."""

    @abstractmethod
    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        """Poll until there is an answer. Raises WaitError naming `what` after `timeout_s`."""

    @abstractmethod
    def new_name(self) -> str:
        """A name, or a part of one, that nothing else has."""

    def once(
        self, action: str, /, *, done: str | tuple[str, ...], at: Place = HERE, **parameters: Any
    ) -> dict[str, Any] | None:
        """Call what must not happen twice. None where AWS says, by a code of `done`, that it has happened already:
        by our own call, the answer to which was lost. From somebody else's hand it is an error as ever.
        """
        codes = (done,) if isinstance(done, str) else done
        try:
            return self.call(action, at=at, **parameters)
        except AwsError as error:
            if error.repeated and error.code in codes:
                return None
            raise

    def pages(
        self, action: str, key: str, /, *, at: Place = HERE, more: str = "NextToken", **parameters: Any
    ) -> Iterator[Any]:
        """Every item of a paged list; `more` names the token of the next page.

        An empty page may still have a next one (API reference, ListAccounts), so only a missing token ends it.
        """
        while True:
            page = self.call(action, at=at, **parameters)
            yield from page[key]
            if not page.get(more):
                return
            parameters[more] = page[more]

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """`function` of every item, in parallel, in the items' order."""
        with ThreadPoolExecutor(THREADS, thread_name_prefix="read") as threads:
            return list(threads.map(function, items))
