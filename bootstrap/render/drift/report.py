"""Drift as text, and as Markdown for an issue: first what no apply reverts, then what the next apply reverts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bootstrap.render.drift.found import find_drift
from bootstrap.render.json_lines import WIDTH, fitted
from bootstrap.render.markdown import render_markdown
from bootstrap.render.symbols import symbol_first
from bootstrap.render.text import render_text
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bootstrap.engine.plan import Finding, Inaccessible
    from bootstrap.engine.review import PlanReview
    from bootstrap.render.drift.found import Drift

    Sections = Mapping[str, list[list[str]]]

# A line of an issue is cut here.
_LINE: Final = 300


def render_drift(
    review: PlanReview,
    findings: Sequence[Finding],
    inaccessible: Iterable[Inaccessible] = (),
    *,
    markdown: bool = False,
) -> str:
    """`inaccessible` is what could not be read in addition to what the plan could not read."""
    drift = find_drift(review, findings, inaccessible)
    plan = replace(review.plan, changes=drift.changes, retained=(), unmanaged=(), inaccessible=())
    only_drift = replace(review, plan=plan, blockers=drift.blockers, approved=(), raised=())
    summary, sections, pending = drift.summary(), _sections(drift), _pending(drift.pending)
    if markdown:
        return render_markdown(only_drift, summary=summary, note=pending, other_sections=_for_an_issue(sections))
    lines = [line for title, items in sections.items() for line in _section(title, items)]
    return "\n".join(
        [*fitted(lines, WIDTH), *([pending, ""] if pending else []), render_text(only_drift, summary=summary)]
    )


def _sections(drift: Drift) -> Sections:
    """What no apply reverts: titles, and items of some lines."""
    return {
        "Inaccessible": [[one_line(f"{item.address}: {item.reason}")] for item in drift.inaccessible],
        "Drift inside accounts (not reverted by apply)": [list(_finding(each)) for each in drift.findings],
        "Retained, and new or changed since the last apply": [[str(address)] for address in drift.retained],
        "Unmanaged, and new or changed since the last apply": [
            [one_line(f"{item.address}: {item.detail}")] for item in drift.unmanaged
        ],
    }


def _section(title: str, items: list[list[str]]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for item in items for line in item), ""] if items else []


def _for_an_issue(sections: Sections) -> Sections:
    return {
        title: [[_cut(line) for line in symbol_first(item, "-+")] for item in items]
        for title, items in sections.items()
    }


def _finding(finding: Finding) -> Iterator[str]:
    yield one_line(f"~ {finding.address} {finding.part}: {finding.what}")
    if finding.wanted:
        yield one_line(f"    - {finding.wanted}")
    if finding.found:
        yield one_line(f"    + {finding.found}")


def _pending(number: int) -> str:
    if not number:
        return ""
    changes = "1 change in the YAML is" if number == 1 else f"{number} changes in the YAML are"
    return f"Not drift: {changes} not applied yet; see `org-bootstrap plan`."


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE]} …"
