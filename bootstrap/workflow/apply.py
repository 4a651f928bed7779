"""A plan is carried out, and what it leaves is remembered."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from bootstrap.aws import parameters
from bootstrap.engine.apply import Applier, Done, Failed
from bootstrap.engine.last_applied import LastApplied
from bootstrap.model.errors import BootstrapError, LockError
from bootstrap.model.resource import Address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.engine.kind import Kind
    from bootstrap.workflow.planned import Planned


def apply(  # noqa: PLR0913 (what is applied, whose serial it is, and who is told)
    planned: Planned,
    kinds: Mapping[str, Kind],
    *,
    serial: int = 0,
    ended: Callable[[Outcome], None] = lambda _outcome: None,
    say: Callable[[Address, str], None] = lambda _address, _text: None,
    interrupted: Callable[[], None] = lambda: None,
) -> Report:
    """Apply a plan that nothing stands against. `serial` is remembered, and 0 is none.

    Ctrl-C or SIGTERM lets what is in flight end, and begins nothing more; `interrupted` is told at once.
    """
    planned.check()
    context = replace(planned.context, say=say)
    planned.door.allow_writes()
    kept = _forget(planned, kinds, serial)

    def end(outcome: Outcome) -> None:
        if isinstance(outcome, Failed) and isinstance(outcome.error, LockError):
            applier.stop()
        ended(outcome)

    applier = Applier(kinds, context, end)

    async def run() -> Report:
        with _on_interruption(stop):
            return await applier.apply(planned.plan)

    def stop() -> None:
        applier.stop()
        interrupted()

    report = asyncio.run(run())
    try:
        _remember(planned, report, kept, kinds, serial)
    except BootstrapError as error:
        # What was done is done, and is told; the next plan cannot tell drift from what is asked for.
        say(Address("organization", planned.review.whose.name), f"what was applied is not remembered: {error.message}")
    return report


def _forget(planned: Planned, kinds: Mapping[str, Kind], serial: int) -> Mapping[str, str]:
    """Forget what is about to change, and what cannot be read: if this run dies, nothing is remembered wrongly. What
    is kept of it.
    """
    shards = planned.context.inventory.parameters
    if not planned.plan:
        return shards
    known = planned.context.memory
    changed = _remembered_as((change.address for change in planned.plan.changes), kinds)
    left = _of_serial(known.without(changed), serial).shards() if known else {}
    parameters.write(planned.context.aws, shards, left)
    return left


def _remember(
    planned: Planned, report: Report, kept: Mapping[str, str], kinds: Mapping[str, Kind], serial: int
) -> None:
    """Write down what is now as the YAML says; nothing, where there is no YAML to follow. What was not selected is
    remembered as it was, or as it has become by what was.
    """
    before = planned.context.memory or LastApplied()
    failed = [outcome.change.address for outcome in report.outcomes if not isinstance(outcome, Done)]
    undone = _remembered_as(failed, kinds)
    left_out = _remembered_as(planned.left_out, kinds) - undone
    done = [resource for here, resource in planned.want.items() if here not in undone | left_out]
    done += [half for half in planned.halves if half.address not in undone]
    kept_too = {resource.address for resource in planned.plan.kept}
    if report.complete:
        done += planned.plan.kept
    ended = report.complete and (before.complete or not planned.left_out)
    known = before.only(left_out | kept_too).and_of(done, complete=ended)
    if report.complete and not planned.left_out:
        known = replace(known, usual=asdict(planned.limits))
    if report.complete or before.knows_others:
        # Where it did not end, what is new stays new.
        known = known.and_of_others(item for item in planned.plan.unmanaged if report.complete or not item.new)
    parameters.write(planned.context.aws, kept, _of_serial(known, serial).shards() if planned.want else {})


def _of_serial(known: LastApplied, serial: int) -> LastApplied:
    return replace(known, serial=max(known.serial, serial))


def _remembered_as(addresses: Iterable[Address], kinds: Mapping[str, Kind]) -> set[Address]:
    return {kinds[address.kind].remembered_as(address) for address in addresses}


@contextmanager
def _on_interruption(call: Callable[[], None]) -> Iterator[None]:
    """Call `call` in the running loop at each Ctrl-C and SIGTERM, as long as this lasts."""
    loop = asyncio.get_running_loop()
    before = {
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
