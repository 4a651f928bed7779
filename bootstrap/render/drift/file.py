"""Drift as JSON. Its JSON Schema is generated from this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import planfile
from bootstrap.planfile import BlockerEntry, ChangeEntry, Name, Noted
from bootstrap.render.drift.found import find_drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bootstrap.engine.plan import Finding, Inaccessible
    from bootstrap.engine.review import PlanReview

FORMAT: Final = 1


class FindingEntry(BaseModel):
    """A part of a resource that differs from what was deployed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Name = Field(description="The resource, as `kind:name`.")
    part: str = Field(description="The part of it: a resource of its template, or a role.")
    what: str = Field(description="What happened to the part.")
    wanted: str = Field(description="The deployed value, if it is known.")
    found: str = Field(description="The value now, if it is known.")


class DriftFile(BaseModel):
    """The output of `org-bootstrap drift --format json`. No drift: all lists but `inaccessible` are empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = Field(description="The version of this format.")
    changes: list[ChangeEntry] = Field(description="The changes of the next apply that revert drift, as in a plan.")
    blocked: list[BlockerEntry] = Field(description="What blocks these changes.")
    inside: list[FindingEntry] = Field(description="Drift inside accounts. Apply does not revert it.")
    retained: list[Noted] = Field(
        description="Managed, removed from the YAML, retained, and new or changed since the last apply."
    )
    unmanaged: list[Noted] = Field(description="Unmanaged, and new or changed since the last apply.")
    inaccessible: list[Noted] = Field(description="Could not be read: whether it drifted is not known.")
    pending: int = Field(description="The number of changes in the YAML that are not applied yet. They are no drift.")


def describe_drift(review: PlanReview, findings: Sequence[Finding], inaccessible: Iterable[Inaccessible] = ()) -> str:
    """`inaccessible` is what could not be read in addition to what the plan could not read."""
    drift, plan = find_drift(review, findings, inaccessible), planfile.describe(review)
    changes = {str(change.address) for change in drift.changes}
    blocked = {str(blocker.address) for blocker in drift.blockers}
    inside = [
        FindingEntry(address=str(each.address), part=each.part, what=each.what, wanted=each.wanted, found=each.found)
        for each in findings
    ]
    retained, unmanaged = (
        [Noted(address=item.address, detail=item.detail) for item in items if item.new]
        for items in (plan.retained, plan.unmanaged)
    )
    file = DriftFile(
        format=FORMAT,
        changes=[change for change in plan.changes if change.address in changes],
        blocked=[blocker for blocker in plan.blocked if blocker.address in blocked],
        inside=inside,
        retained=retained,
        unmanaged=unmanaged,
        inaccessible=[Noted(address=str(item.address), detail=item.reason) for item in drift.inaccessible],
        pending=drift.pending,
    )
    return planfile.text(file)
