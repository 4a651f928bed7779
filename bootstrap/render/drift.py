"""What was changed outside, as text, as a report for an issue, and as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import planfile
from bootstrap.engine.plan import Cause
from bootstrap.planfile import BlockerEntry, ChangeEntry, Name, Noted
from bootstrap.render.markdown import render_markdown
from bootstrap.render.plan import fitted, render_plan
from bootstrap.render.signs import to_the_edge
from bootstrap.render.values import WIDTH
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.engine.plan import Blocker, Change, Finding, Inaccessible, Unmanaged
    from bootstrap.engine.review import PlanReview

FORMAT: Final = 1
_DRIFTED: Final = frozenset({Cause.DRIFT, Cause.BOTH})
_NONE: Final = "No drift: all is as it was last applied."
_UNSEEN: Final = "Could not be looked at"
_INSIDE: Final = "Changed inside accounts, where `apply` does not put it back"
_STRAYED: Final = "Ours, no longer in the YAML, and new or changed since it was last applied"
_CAME: Final = "Not ours, and new or changed since the YAML was last applied"
# A report is to fit into an issue.
_LINE: Final = 300


class FindingEntry(BaseModel):
    """Something inside an account that is not as it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Name = Field(description="The thing that it is part of, as `kind:name`.")
    part: str = Field(description="Which part: an entry of its template, or a role.")
    what: str = Field(description="What became of it.")
    wanted: str = Field(description="What it should be, where that can be told.")
    found: str = Field(description="What it is, where that can be told.")


class DriftFile(BaseModel):
    """What `org-bootstrap drift --format json` writes. Nothing drifted where all lists but `inaccessible` are empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = Field(description="The version of this format.")
    changes: list[ChangeEntry] = Field(description="What the next apply puts back, as in a plan.")
    blocked: list[BlockerEntry] = Field(description="What of that takes a word, or is not put back at all.")
    inside: list[FindingEntry] = Field(description="Changed inside accounts, where no apply puts it back.")
    retained: list[Noted] = Field(
        description="Ours, no longer in the YAML, and new or changed since it was last applied."
    )
    unmanaged: list[Noted] = Field(description="Not ours, and new or changed since the YAML was last applied.")
    inaccessible: list[Noted] = Field(description="Could not be looked at: whether it drifted is not known.")
    pending: int = Field(description="How many changes the YAML asks for that are not applied yet: no drift.")


def is_drift(review: PlanReview, findings: Sequence[Finding]) -> bool:
    """Whether anything drifted at all."""
    return bool(findings or _drifted(review) or review.plan.retained_drift or _came(review))


def describe_drift(review: PlanReview, findings: Sequence[Finding], inaccessible: Iterable[Inaccessible] = ()) -> str:
    """All that drifted, as JSON. `inaccessible` is what could not be looked at, beside what the plan could not."""
    plan = planfile.describe(review)
    changes = [change for change in plan.changes if change.cause in _DRIFTED]
    refused = {str(blocker.address) for blocker in _refused(review)}
    blocked = [blocker for blocker in plan.blocked if blocker.address in refused]
    inside = [
        FindingEntry(address=str(each.address), part=each.part, what=each.what, wanted=each.wanted, found=each.found)
        for each in findings
    ]
    retained, unmanaged = (
        [Noted(address=item.address, detail=item.detail) for item in items if item.new]
        for items in (plan.retained, plan.unmanaged)
    )
    missed = [Noted(address=str(item.address), detail=item.reason) for item in _unseen(review, inaccessible)]
    pending = _pending(review)
    found = DriftFile(
        format=FORMAT,
        changes=changes,
        blocked=blocked,
        inside=inside,
        retained=retained,
        unmanaged=unmanaged,
        inaccessible=missed,
        pending=pending,
    )
    return planfile.text(found)


def render_drift(
    review: PlanReview,
    findings: Sequence[Finding],
    inaccessible: Iterable[Inaccessible] = (),
    *,
    markdown: bool = False,
) -> str:
    """All that drifted: what is inside accounts, what is in no YAML, then what the next apply puts back.

    `inaccessible` is what could not be looked at, beside what the plan could not.
    """
    missed, came = _unseen(review, inaccessible), _came(review)
    plan = replace(review.plan, changes=_drifted(review), retained=(), unmanaged=(), inaccessible=())
    only = replace(review, plan=plan, blockers=_refused(review), approved=(), raised=())
    said = _summary(review, findings, len(missed))
    also = {
        _UNSEEN: [[one_line(f"{item.address}: {item.reason}")] for item in missed],
        _INSIDE: [list(_inside(each)) for each in findings],
        _STRAYED: [[str(address)] for address in sorted(review.plan.retained_drift)],
        _CAME: [[one_line(f"{item.address}: {item.detail}")] for item in came],
    }
    asked = _asked(_pending(review))
    if markdown:
        cut = {
            title: [[_cut(line) for line in to_the_edge(item, "-+")] for item in items] for title, items in also.items()
        }
        return render_markdown(only, said=said, note=asked, also=cut)
    sections = (
        line
        for title, items in also.items()
        if items
        for line in (f"{title}:", *(f"  {line}" for item in items for line in item), "")
    )
    return "\n".join([*fitted(sections, WIDTH), *([asked, ""] if asked else []), render_plan(only, said=said)])


def _drifted(review: PlanReview) -> tuple[Change, ...]:
    return tuple(change for change in review.plan.changes if change.cause in _DRIFTED)


def _refused(review: PlanReview) -> tuple[Blocker, ...]:
    """What stands against putting back what drifted."""
    drifted = {change.address for change in _drifted(review)}
    return tuple(blocker for blocker in review.blockers if blocker.address in drifted)


def _came(review: PlanReview) -> list[Unmanaged]:
    return sorted((item for item in review.plan.unmanaged if item.new), key=lambda item: (item.address, item.detail))


def _unseen(review: PlanReview, inaccessible: Iterable[Inaccessible]) -> list[Inaccessible]:
    return sorted({*review.plan.inaccessible, *inaccessible})


def _pending(review: PlanReview) -> int:
    """How many changes are asked for. Of what could not be looked at, none is known to be."""
    inaccessible = {item.address for item in review.plan.inaccessible}
    return sum(change.cause not in _DRIFTED and change.address not in inaccessible for change in review.plan.changes)


def _asked(pending: int) -> str:
    if not pending:
        return ""
    changes = "1 change that the YAML asks for is" if pending == 1 else f"{pending} changes that the YAML asks for are"
    return f"Not drift: {changes} not applied yet; `org-bootstrap plan` shows {'it' if pending == 1 else 'them'}."


def _summary(review: PlanReview, findings: Sequence[Finding], missed: int) -> str:
    held_back = len({blocker.address for blocker in _refused(review)})
    counted = (
        (len(_drifted(review)) - held_back, "put back by the next apply"),
        (held_back, "put back only with a word, if at all"),
        (len(findings), "inside accounts"),
        (len(review.plan.retained_drift), "no longer in the YAML"),
        (len(_came(review)), "not ours"),
    )
    parts = [f"{number} {what}" for number, what in counted if number]
    if parts:
        return f"Drift: {', '.join(parts)}{f'; {missed} could not be looked at' if missed else ''}."
    return f"No drift in what could be looked at; {missed} could not be." if missed else _NONE


def _inside(finding: Finding) -> Iterator[str]:
    yield one_line(f"~ {finding.address} {finding.part}: {finding.what}")
    if finding.wanted:
        yield one_line(f"    - {finding.wanted}")
    if finding.found:
        yield one_line(f"    + {finding.found}")


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE]} …"
