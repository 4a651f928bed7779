"""Simulate a plan without AWS, to show the API calls that each of its changes will make."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bootstrap.aws.inventory import Inventory
from bootstrap.aws.simulate import Simulation
from bootstrap.engine.apply import perform
from bootstrap.engine.review import mask_address
from bootstrap.secrecy.mask import mask_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bootstrap.aws.recording import RecordedCall
    from bootstrap.engine.kind import Kind
    from bootstrap.engine.plan import Change
    from bootstrap.model.resource import Call
    from bootstrap.workflow.planned import Planned


def simulate(planned: Planned, kinds: Mapping[str, Kind], recorded: Iterable[RecordedCall]) -> Planned:
    """The plan with the calls that each change makes if all goes well. `recorded` are the reads of the plan."""
    aws = planned.context.aws
    simulation = Simulation(recorded, access_role=aws.access_role, home_region=aws.home_region)
    context = replace(
        planned.context,
        aws=simulation,
        inventory=Inventory(simulation),
        ids=planned.context.ids.copy(),
        say=lambda _address, _text: None,
        evidence={},
    )

    def calls_of(change: Change) -> tuple[Call, ...]:
        kind = kinds[change.address.kind]
        return simulation.calls_of(change.address, kind.simulate, partial(perform, change, kind, context))

    calls = {mask_address(change.address): _masked(calls_of(change), planned) for change in planned.plan.changes}
    changes = tuple(replace(change, calls=calls[change.address]) for change in planned.review.plan.changes)
    return replace(planned, review=replace(planned.review, plan=replace(planned.review.plan, changes=changes)))


def _masked(calls: Iterable[Call], planned: Planned) -> tuple[Call, ...]:
    """A call may contain a template or name with a secret in it."""
    known = [resource.body for resource in planned.want.values()]
    masked = ((call, mask_secrets(dict(call.parameters), known, planned.context.ids.take_out)) for call in calls)
    return tuple(replace(call, parameters=parameters) for call, parameters in masked if isinstance(parameters, dict))
