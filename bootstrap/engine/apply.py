"""Walk a plan: each change starts as soon as the changes that it waits for are done."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from bootstrap.engine.kind import Context, Kind
    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.resource import Address

# Each change in flight holds one thread, and most threads wait: AWS creates only 5 accounts at once.
WORKERS = 16


@dataclass(frozen=True, slots=True)
class Done:
    change: Change


@dataclass(frozen=True, slots=True)
class Failed:
    change: Change
    error: BootstrapError


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not started: the change `because` failed or was skipped, or (None) the run was interrupted."""

    change: Change
    because: Address | None


Outcome: TypeAlias = Done | Failed | Skipped
Ended: TypeAlias = "Callable[[Outcome], None]"


@dataclass(frozen=True, slots=True)
class Report:
    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        return all(isinstance(outcome, Done) for outcome in self.outcomes)


class Applier:
    """Applies one plan. `stop()` may be called from a signal handler: changes in flight finish, no other starts."""

    def __init__(self, kinds: Mapping[str, Kind], context: Context, ended: Ended = lambda _outcome: None) -> None:
        """`ended` is called with each outcome, in the thread that applies."""
        self._kinds = kinds
        self._context = context
        self._ended = ended
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    def apply(self, plan: Plan) -> Report:
        """Apply every change. A failure skips only the changes that wait for it; a bug stops the run."""
        walk = _Walk(plan)
        running: set[Future[Outcome]] = set()
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="apply") as threads:
            try:
                while walk.ready or running:
                    running |= {threads.submit(self._perform, change) for change in walk.take_ready()}
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        for outcome in walk.end(future.result()):
                            self._ended(outcome)
            except BaseException:
                self._stopping = True
                raise
        return Report(tuple(walk.outcomes[change.address] for change in plan.changes))

    def _perform(self, change: Change) -> Outcome:
        if self._stopping:
            return Skipped(change, because=None)
        try:
            perform(change, self._kinds[change.address.kind], self._context)
        except BootstrapError as error:
            return Failed(change, error)
        return Done(change)


class _Walk:
    def __init__(self, plan: Plan) -> None:
        self.outcomes: dict[Address, Outcome] = {}
        self._changes = {change.address: change for change in plan.changes}
        self._waits = {address: set(plan.waits[address]) for address in self._changes}
        self._waiting_for: dict[Address, list[Address]] = defaultdict(list)
        for address in self._changes:
            for first in plan.waits[address]:
                self._waiting_for[first].append(address)
        self.ready = [change for change in plan.changes if not self._waits[change.address]]

    def take_ready(self) -> list[Change]:
        ready, self.ready = self.ready, []
        return ready

    def end(self, outcome: Outcome) -> Iterator[Outcome]:
        """Record an outcome. Yields it, and a Skipped for each change that can no longer start."""
        ended = [outcome]
        for each in ended:  # the loop extends it
            here = each.change.address
            self.outcomes[here] = each
            yield each
            for address in sorted(self._waiting_for[here]):
                if address in self.outcomes or not self._waits[address]:
                    continue
                if isinstance(each, Done):
                    self._waits[address].discard(here)
                    if not self._waits[address]:
                        self.ready.append(self._changes[address])
                else:
                    self._waits[address].clear()
                    ended.append(Skipped(self._changes[address], because=here))


def perform(change: Change, kind: Kind, context: Context) -> None:
    match change.before, change.after:
        case None, Resource() as want:
            kind.create(context, want)
        case Resource() as have, Resource() as want:
            kind.update(context, have, want)
        case Resource() as have, None:
            kind.delete(context, have)
