"""Walk a plan: one task per change, each started as soon as what it waits for is done."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.engine.kind import Context, Kind
    from bootstrap.engine.plan import Change, Plan
    from bootstrap.model.resource import Address

# Each change in flight holds one thread, most of which wait: AWS itself allows only 5 accounts in creation.
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
    """Not begun: `because` of a change that failed or was skipped, or of an interruption (None)."""

    change: Change
    because: Address | None


Outcome: TypeAlias = Done | Failed | Skipped
Ended: TypeAlias = "Callable[[Outcome], None]"


@dataclass(frozen=True, slots=True)
class Report:
    """How every change of a plan ended, in the plan's order."""

    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        return all(isinstance(outcome, Done) for outcome in self.outcomes)


class Applier:
    """Applies one plan. `stop()` may be called from a signal handler: what is in flight ends, nothing begins."""

    def __init__(self, kinds: Mapping[str, Kind], context: Context, ended: Ended = lambda _outcome: None) -> None:
        """`ended` is told of each change as it ends."""
        self._kinds = kinds
        self._world = context
        self._ended = ended
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    async def apply(self, plan: Plan) -> Report:
        """Apply every change; a failure skips only what depends on it. A bug stops the run with its traceback."""
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="apply") as threads:
            tasks: dict[Address, asyncio.Task[Outcome]] = {}
            async with asyncio.TaskGroup() as group:
                # The plan's order puts a change behind those it waits for, so their tasks exist already.
                for change in plan.changes:
                    upstream = [tasks[address] for address in sorted(plan.waits[change.address])]
                    tasks[change.address] = group.create_task(self._run(change, upstream, threads))
        return Report(tuple(task.result() for task in tasks.values()))

    async def _run(self, change: Change, upstream: list[asyncio.Task[Outcome]], threads: ThreadPoolExecutor) -> Outcome:
        outcome = await self._outcome(change, upstream, threads)
        self._ended(outcome)
        return outcome

    async def _outcome(
        self, change: Change, upstream: list[asyncio.Task[Outcome]], threads: ThreadPoolExecutor
    ) -> Outcome:
        for before in await asyncio.gather(*upstream):
            if not isinstance(before, Done):
                return Skipped(change, because=before.change.address)
        try:
            began = await asyncio.get_running_loop().run_in_executor(threads, self._perform, change)
        except BootstrapError as error:
            return Failed(change, error)
        return Done(change) if began else Skipped(change, because=None)

    def _perform(self, change: Change) -> bool:
        """Make the change in this thread; False if the run was stopped before it began."""
        if self._stopping:
            return False
        perform(change, self._kinds[change.address.kind], self._world)
        return True


def perform(change: Change, kind: Kind, context: Context) -> None:
    """Make one change, by the verb of its kind."""
    match change.before, change.after:
        case None, Resource() as want:
            kind.create(context, want)
        case Resource() as have, Resource() as want:
            kind.update(context, have, want)
        case Resource() as have, None:
            kind.delete(context, have)
