"""Drift, which is everything that was changed outside org-bootstrap, as text, Markdown and JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import planfile
from bootstrap.engine.plan import Cause
from bootstrap.planfile import BlockerEntry, ChangeEntry, Name, Noted
from bootstrap.render.lines import WIDTH, fitted, symbol_first
from bootstrap.render.markdown import render_markdown
from bootstrap.render.sentences import counted
from bootstrap.render.text import render_text
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Blocker, Change, Finding, Inaccessible, Unmanaged
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address

# A line of an issue is cut here.
_LINE: Final = 300


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
        if not self.changes:
            return ""
        blocked = len({blocker.address for blocker in self.blockers})
        them = "it" if len(self.changes) == 1 else "them"
        resources = counted(len(self.changes), "drifted resource")
        if blocked == len(self.changes):
            return f"{resources}; reverting {them} is blocked"
        exception = f", except {blocked} that are blocked" if blocked else ""
        return f"{resources}; the next apply reverts {them}{exception}"

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
    changes = tuple(change for change in plan.changes if change.cause in {Cause.DRIFT, Cause.BOTH})
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


def render_drift(
    review: PlanReview,
    findings: Sequence[Finding],
    inaccessible: Iterable[Inaccessible] = (),
    *,
    markdown: bool = False,
) -> str:
    """As text, or as Markdown for an issue: first what no apply reverts, then what the next apply reverts."""
    drift = find_drift(review, findings, inaccessible)
    plan = replace(review.plan, changes=drift.changes, retained=(), unmanaged=(), inaccessible=())
    only_drift = replace(review, plan=plan, blockers=drift.blockers, approved=(), raised=())
    sections, pending = _sections(drift), ""
    if drift.pending:
        changes = "1 change in the YAML is" if drift.pending == 1 else f"{drift.pending} changes in the YAML are"
        pending = f"Not drift: {changes} not applied yet; see `org-bootstrap plan`."
    if markdown:
        cut = {
            title: [list(map(_cut, symbol_first(item, "-+"))) for item in items] for title, items in sections.items()
        }
        return render_markdown(only_drift, summary=drift.summary(), note=pending, other_sections=cut)
    lines: list[str] = []
    for title, items in sections.items():
        if items:
            lines += [f"{title}:", *(f"  {line}" for item in items for line in item), ""]
    return "\n".join(
        [
            *fitted(lines, WIDTH),
            *([pending, ""] if pending else []),
            render_text(only_drift, summary=drift.summary()),
        ]
    )


def _sections(drift: Drift) -> Mapping[str, list[list[str]]]:
    """What no apply reverts: titles, and items of some lines."""
    return {
        "Inaccessible": [[one_line(f"{item.address}: {item.reason}")] for item in drift.inaccessible],
        "Drift inside accounts (not reverted by apply)": [list(_finding(each)) for each in drift.findings],
        "Retained, and new or changed since the last apply": [[str(address)] for address in drift.retained],
        "Unmanaged, and new or changed since the last apply": [
            [one_line(f"{item.address}: {item.detail}")] for item in drift.unmanaged
        ],
    }


def _finding(finding: Finding) -> Iterator[str]:
    yield one_line(f"~ {finding.address} {finding.part}: {finding.what}")
    if finding.wanted:
        yield one_line(f"    - {finding.wanted}")
    if finding.found:
        yield one_line(f"    + {finding.found}")


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE]} …"


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
    """Drift as JSON."""
    drift, plan = find_drift(review, findings, inaccessible), planfile.describe(review)
    changes = {str(change.address) for change in drift.changes}
    file = DriftFile(
        format=1,
        changes=[change for change in plan.changes if change.address in changes],
        blocked=[blocker for blocker in plan.blocked if blocker.address in changes],
        inside=[FindingEntry.model_validate(asdict(each) | {"address": str(each.address)}) for each in findings],
        retained=[Noted(address=item.address, detail=item.detail) for item in plan.retained if item.new],
        unmanaged=[Noted(address=item.address, detail=item.detail) for item in plan.unmanaged if item.new],
        inaccessible=[Noted(address=str(item.address), detail=item.reason) for item in drift.inaccessible],
        pending=drift.pending,
    )
    return planfile.text(file)
