"""A plan is acted out without AWS, to tell what each of its changes would call."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bootstrap.aws.rehearsal import Rehearsal
from bootstrap.aws.snapshot import without_secrets
from bootstrap.engine.apply import perform
from bootstrap.engine.kind import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.engine.kind import Kind
    from bootstrap.workflow.planned import Planned


def rehearse(planned: Planned, kinds: Mapping[str, Kind], snapshot: Snapshot) -> Planned:
    """The plan with the calls that each change makes if all goes well. `snapshot` is what it was made from: what may
    be a secret in it gets into no call.
    """
    door, ids = planned.door, planned.context.ids
    snapshot = without_secrets(snapshot, [resource.body for resource in planned.want.values()], ids.take_out)
    aws = Rehearsal(snapshot, access_role=door.access_role, home_region=door.home_region)
    context = Context(aws, aws.inventory, ids.copy())
    changes = tuple(
        replace(
            change,
            calls=aws.calls_of(change.address, partial(perform, change, kinds[change.address.kind], context)),
        )
        for change in planned.plan.changes
    )
    review = replace(planned.review, plan=replace(planned.plan, changes=changes))
    return replace(planned, review=review)
