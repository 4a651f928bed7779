"""Read and write the last-applied record, in parameters of the management account."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.engine.apply import Done
from bootstrap.engine.last_applied import LastApplied, from_shards
from bootstrap.model.errors import AwsError
from bootstrap.resources.organization.reads import organization

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.engine.apply import Report
    from bootstrap.workflow.planned import Planned

# Beside the lock, and in its region, so that an edit of the home region loses nothing.
_PATH = "/org-bootstrap/applied"


def applied_shards(inventory: Inventory) -> Mapping[str, str]:
    """The parameters by name, ten a page; none before there is an organization, or if the caller may not read them."""
    if not inventory.read(organization):
        return {}
    try:
        found = list(inventory.aws.pages("ssm.GetParametersByPath", "Parameters", Path=_PATH))
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        return {}
    return {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}


def write_shards(aws: AwsApi, have: Mapping[str, str], want: Mapping[str, str]) -> None:
    """Delete the parameters that `want` lacks, then write changed ones in the order of `want`."""
    for name in sorted(have.keys() - want.keys()):
        aws.once("ssm.DeleteParameter", done="ParameterNotFound", Name=f"{_PATH}/{name}")
    for name, value in want.items():
        if have.get(name) != value:
            aws.call("ssm.PutParameter", Name=f"{_PATH}/{name}", Value=value, Type="String", Overwrite=True)


def read_last_applied(inventory: Inventory) -> LastApplied | None:
    return from_shards(inventory.read(applied_shards))


def begin(planned: Planned, serial: int) -> Mapping[str, str]:
    """Remove the records of what is about to change, and unreadable ones: if this run is interrupted, no record is
    wrong. Returns the remaining shards.
    """
    shards = planned.context.read(applied_shards)
    if not planned.plan:
        return shards
    known = planned.context.last_applied
    changed = (change.address for change in planned.plan.changes)
    remaining = _with_serial(known.without(changed), serial).shards() if known else {}
    write_shards(planned.context.aws, shards, remaining)
    return remaining


def finish(planned: Planned, report: Report, remaining: Mapping[str, str], serial: int) -> None:
    """Record what is now as in the YAML. Left-out changes keep their records; a destroy removes all."""
    before = planned.context.last_applied or LastApplied()
    undone = {outcome.change.address for outcome in report.outcomes if not isinstance(outcome, Done)}
    left_out = planned.left_out - undone
    done = [resource for here, resource in planned.want.items() if here not in undone | left_out]
    done += planned.context.evidence.values()
    if report.complete:
        done += planned.review.plan.retained
    complete = report.complete and (before.complete or not planned.left_out)
    known = before.only(left_out | {resource.address for resource in planned.plan.retained})
    known = known.with_resources(done, complete=complete)
    if report.complete and not planned.left_out:
        known = replace(known, limits=asdict(planned.limits))
    if report.complete or before.knows_unmanaged:
        # After an unfinished run, new ones stay new.
        unmanaged = planned.review.plan.unmanaged
        known = known.with_unmanaged(item for item in unmanaged if report.complete or not item.new)
    write_shards(planned.context.aws, remaining, _with_serial(known, serial).shards() if planned.want else {})


def _with_serial(known: LastApplied, serial: int) -> LastApplied:
    return replace(known, serial=max(known.serial, serial))
