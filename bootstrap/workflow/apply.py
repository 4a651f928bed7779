"""Apply a plan, and record what was applied."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.apply import Applier, Failed
from bootstrap.model.errors import BootstrapError, LockError
from bootstrap.model.resource import Address
from bootstrap.workflow import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bootstrap.aws.client import AwsClient
    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.engine.kind import Kind
    from bootstrap.workflow.planned import Planned


def apply(  # noqa: PLR0913 (the plan, the client, and callbacks)
    planned: Planned,
    kinds: Mapping[str, Kind],
    aws: AwsClient,
    *,
    serial: int = 0,
    ended: Callable[[Outcome], None] = lambda _outcome: None,
    say: Callable[[Address, str], None] = lambda _address, _text: None,
    interrupted: Callable[[], None] = lambda: None,
) -> Report:
    """Apply a plan that nothing blocks, through `aws`. `serial` is recorded; 0 is none.

    On Ctrl-C or SIGTERM, changes in flight finish and no other starts; `interrupted` is called at once.
    """
    planned.check()
    planned = replace(planned, context=replace(planned.context, aws=aws, say=say))
    aws.allow_writes()
    remaining = applied.begin(planned, serial)

    def end(outcome: Outcome) -> None:
        if isinstance(outcome, Failed) and isinstance(outcome.error, LockError):
            applier.stop()
        ended(outcome)

    def stop() -> None:
        applier.stop()
        interrupted()

    applier = Applier(kinds, planned.context, end)
    with _on_interruption(stop):
        report = applier.apply(planned.plan)
    try:
        applied.finish(planned, report, remaining, serial)
    except BootstrapError as error:
        # The changes are reported; but the next plan cannot tell drift from a change of the YAML.
        here = Address("organization", planned.review.organization.name)
        say(here, f"what was applied could not be recorded: {error.message}")
    return report


@contextmanager
def _on_interruption(call: Callable[[], None]) -> Iterator[None]:
    """Call `call` on each Ctrl-C and SIGTERM."""
    before = {number: signal.signal(number, lambda *_: call()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
