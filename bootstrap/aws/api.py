"""The interface to AWS: a client, a recorder, a replay or a simulation answers."""

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
"""How many items `each` works on at the same time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes: an account id (empty for the management account) and a region."""

    account: str = ""
    region: str = facts.GLOBAL_REGION


HERE: Final = Place()


class AwsApi(ABC):
    """AWS as the kinds call it. `access_role` is the role assumed in each account, `home_region` has the baselines."""

    def __init__(self, *, access_role: str, home_region: str) -> None:
        self.access_role = access_role
        self.home_region = home_region

    @abstractmethod
    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        """Call `service.Operation` and return AWS's answer. Raises AwsError if retries do not help."""

    @abstractmethod
    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        """Call `poll` until it returns something. Raises WaitError naming `what` after `timeout_s`."""

    @abstractmethod
    def new_name(self) -> str:
        """A unique name, or part of one."""

    def once(
        self, action: str, /, *, done: str | tuple[str, ...], at: Place = HERE, **parameters: Any
    ) -> dict[str, Any] | None:
        """Make a call that must not happen twice. An error code in `done` means "already done". If the answer to an
        earlier attempt was lost, that attempt did it: returns None. Otherwise somebody else did it: raises the error.
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
        """Every item of a paged list, under `key` of each page; `more` names the token of the next page.

        An empty page may have a next one (API reference, ListAccounts), so only a missing token ends the list.
        """
        while True:
            page = self.call(action, at=at, **parameters)
            yield from page[key]
            if not page.get(more):
                return
            parameters[more] = page[more]

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """`function` of every item, in parallel, in the items' order.

        Each use has threads of its own, which costs a few milliseconds: nested uses of one pool would deadlock.
        """
        with ThreadPoolExecutor(THREADS, thread_name_prefix="read") as threads:
            return list(threads.map(function, items))
