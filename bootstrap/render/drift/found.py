"""Which parts of a plan are drift, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Cause
from bootstrap.render.summary import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Blocker, Change, Finding, Inaccessible, Unmanaged
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

_DRIFT: Final = frozenset({Cause.DRIFT, Cause.BOTH})


@dataclass(frozen=True, slots=True)
class Drift:
    """`changes` revert drift, unless `blockers` stop them. `findings` are inside accounts, where no apply reverts them.

    `retained` and `unmanaged` resources are new or changed since the last apply. Whether `inaccessible` ones drifted is
    not known. `pending` is the number of changes in the YAML that are not applied yet.
    """

    changes: tuple[Change, ...]
    blockers: tuple[Blocker, ...]
    findings: Sequence[Finding]
    retained: Sequence[Address]
    unmanaged: Sequence[Unmanaged]
    inaccessible: Sequence[Inaccessible]
    pending: int

    def __bool__(self) -> bool:
        return bool(self.changes or self.findings or self.retained or self.unmanaged)

    def summary(self) -> str:
        """One line."""
        if not self and self.inaccessible:
            return f"No drift found, but {counted(len(self.inaccessible), 'resource')} could not be read."
        if not self:
            return "No drift: everything is as last applied."
        reverts, others = self._reverts(), ", ".join(self._others())
        if not reverts:
            return f"Drift: {others}."
        return f"Drift: {reverts}." + (f" Also: {others}." if others else "")

    def _reverts(self) -> str:
        """What the next apply does about it; empty if there is nothing to revert."""
        blocked = len({blocker.address for blocker in self.blockers})
        reverted = len(self.changes) - blocked
        if not self.changes:
            return ""
        them = "it" if len(self.changes) == 1 else "them"
        resources = counted(len(self.changes), "drifted resource")
        if not reverted:
            return f"{resources}; reverting {them} is blocked"
        return f"{resources}; the next apply reverts {them}" + (
            f", except {blocked} that are blocked" if blocked else ""
        )

    def _others(self) -> Iterator[str]:
        if self.findings:
            yield f"{counted(len(self.findings), 'change')} inside accounts (not reverted by apply)"
        if self.retained:
            yield counted(len(self.retained), "retained resource")
        if self.unmanaged:
            yield counted(len(self.unmanaged), "unmanaged resource")
        if self.inaccessible:
            yield counted(len(self.inaccessible), "inaccessible resource")


def find_drift(review: PlanReview, findings: Sequence[Finding], inaccessible: Iterable[Inaccessible] = ()) -> Drift:
    """`inaccessible` is what could not be read in addition to what the plan could not read."""
    plan = review.plan
    changes = tuple(change for change in plan.changes if change.cause in _DRIFT)
    drifted = {change.address for change in changes}
    unread = {item.address for item in plan.inaccessible}
    unmanaged = (item for item in plan.unmanaged if item.new)
    return Drift(
        changes=changes,
        blockers=tuple(blocker for blocker in review.blockers if blocker.address in drifted),
        findings=findings,
        retained=sorted(plan.retained_drift),
        unmanaged=sorted(unmanaged, key=lambda item: (item.address, item.detail)),
        inaccessible=sorted({*plan.inaccessible, *inaccessible}),
        # An inaccessible resource is planned as absent, which is no change in the YAML.
        pending=sum(change.address not in drifted | unread for change in plan.changes),
    )


def is_drift(review: PlanReview, findings: Sequence[Finding]) -> bool:
    return bool(find_drift(review, findings))
