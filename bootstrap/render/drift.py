"""What was changed outside, as text and as a report for an issue."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from textwrap import shorten
from typing import TYPE_CHECKING

from bootstrap import planfile
from bootstrap.plan import Cause
from bootstrap.render.markdown import render_markdown
from bootstrap.render.plan import render_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.plan import Finding
    from bootstrap.proposal import Proposal

DRIFTED = frozenset({Cause.DRIFT, Cause.BOTH})
_NONE = "No drift: all is as it was last applied."
# A report is to fit into an issue.
_LINE = 300
_INSIDE = "Changed inside accounts, where `apply` does not put it back:"


def describe_drift(proposal: Proposal, findings: Sequence[Finding]) -> str:
    """All that drifted, as JSON."""
    changes = [change for change in planfile.describe(proposal).changes if change.cause in DRIFTED]
    inside = [{**asdict(finding), "address": str(finding.address)} for finding in findings]
    drift = {
        "format": planfile.FORMAT,
        "changes": [change.model_dump(mode="json") for change in changes],
        "inside": inside,
    }
    return json.dumps(drift, ensure_ascii=False, indent=2)


def render_drift(proposal: Proposal, findings: Sequence[Finding], *, markdown: bool = False) -> str:
    """All that drifted: what is within the stacks of accounts, then what the next apply puts back."""
    plan = proposal.plan
    drifted = tuple(change for change in plan.changes if change.cause in DRIFTED)
    only = replace(proposal, plan=replace(plan, changes=drifted), refusals=(), consented=())
    nothing = "" if drifted else (_count(findings) if findings else _NONE)
    if markdown:
        lines = [shorten(f"~ {each.address} {each.part}: {each.what}", _LINE) for each in findings]
        return render_markdown(only, nothing=nothing, inside=lines, binds=False)
    inside = [_INSIDE, "", *_inside(findings)] if findings else []
    return "\n".join([*inside, render_plan(only, nothing=nothing)])


def _count(findings: Sequence[Finding]) -> str:
    return f"Drift: {len(findings)} thing{'s' * (len(findings) > 1)} inside accounts."


def _inside(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"~ {finding.address} {finding.part}: {finding.what}"
        if finding.wanted:
            yield f"    - {finding.wanted}"
        if finding.found:
            yield f"    + {finding.found}"
    if findings:
        yield ""
