"""What was changed outside, as text, as a report for an issue, and as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import planfile
from bootstrap.plan import Cause
from bootstrap.planfile import ChangeEntry, Name, Noted
from bootstrap.render.markdown import render_markdown
from bootstrap.render.plan import render_plan
from bootstrap.render.signs import to_the_edge
from bootstrap.spelling import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.plan import Change, Finding, Foreign
    from bootstrap.proposal import Proposal

FORMAT: Final = 1
_DRIFTED: Final = frozenset({Cause.DRIFT, Cause.BOTH})
_NONE: Final = "No drift: all is as it was last applied."
_INSIDE: Final = "Changed inside accounts, where `apply` does not put it back"
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
    """What `org-bootstrap drift --format json` writes. Nothing drifted where all lists are empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = Field(description="The version of this format.")
    changes: list[ChangeEntry] = Field(description="What the next apply puts back, as in a plan.")
    inside: list[FindingEntry] = Field(description="Changed inside accounts, where no apply puts it back.")
    foreign: list[Noted] = Field(description="Not ours, and new or changed since the YAML was last applied.")


def is_drift(proposal: Proposal, findings: Sequence[Finding]) -> bool:
    """Whether anything drifted at all."""
    return bool(findings or _drifted(proposal) or _came(proposal))


def describe_drift(proposal: Proposal, findings: Sequence[Finding]) -> str:
    """All that drifted, as JSON."""
    changes = [change for change in planfile.describe(proposal).changes if change.cause in _DRIFTED]
    inside = [
        FindingEntry(address=str(each.address), part=each.part, what=each.what, wanted=each.wanted, found=each.found)
        for each in findings
    ]
    foreign = [Noted(address=str(item.address), detail=item.detail) for item in _came(proposal)]
    return planfile.text(DriftFile(format=FORMAT, changes=changes, inside=inside, foreign=foreign))


def render_drift(proposal: Proposal, findings: Sequence[Finding], *, markdown: bool = False) -> str:
    """All that drifted: what is inside accounts, what came that is not ours, then what the next apply puts back."""
    plan = replace(proposal.plan, changes=_drifted(proposal), foreign=())
    only = replace(proposal, plan=plan, refusals=(), consented=(), loosened=())
    said = _summary(proposal, findings)
    others = [one_line(f"{item.address}: {item.detail}") for item in _came(proposal)]
    if markdown:
        told = [[_cut(line) for line in to_the_edge(_inside(each), "-+")] for each in findings]
        also = {_INSIDE: told, _CAME: [[line] for line in others]}
        return render_markdown(only, said=said, also=also, binds=False)
    inside = [f"{_INSIDE}:", "", *(line for each in findings for line in _inside(each)), ""] if findings else []
    left = [f"{_CAME}:", *(f"  {line}" for line in others), ""] if others else []
    return "\n".join([*inside, *left, render_plan(only, said=said)])


def _drifted(proposal: Proposal) -> tuple[Change, ...]:
    return tuple(change for change in proposal.plan.changes if change.cause in _DRIFTED)


def _came(proposal: Proposal) -> list[Foreign]:
    return sorted((item for item in proposal.plan.foreign if item.new), key=lambda item: (item.address, item.detail))


def _summary(proposal: Proposal, findings: Sequence[Finding]) -> str:
    counted = (
        (len(_drifted(proposal)), "put back by the next apply"),
        (len(findings), "inside accounts"),
        (len(_came(proposal)), "not ours"),
    )
    parts = [f"{number} {what}" for number, what in counted if number]
    return f"Drift: {', '.join(parts)}." if parts else _NONE


def _inside(finding: Finding) -> Iterator[str]:
    yield one_line(f"~ {finding.address} {finding.part}: {finding.what}")
    if finding.wanted:
        yield one_line(f"    - {finding.wanted}")
    if finding.found:
        yield one_line(f"    + {finding.found}")


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE]} …"
