"""A plan as text: what is risky first, then every change with its real values, then what is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bootstrap.difference import differences, is_set
from bootstrap.plan import Action, Cause, Risk
from bootstrap.render.values import WIDTH, block, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.difference import Difference
    from bootstrap.model import Address, Json, Resource
    from bootstrap.plan import Change, Foreign, Plan, Refusal, Unseen
    from bootstrap.proposal import Proposal

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.RELEASE: "<"}
# A value longer than this is shown once, and pointed at where it comes again; so are details of more lines.
_LONG = 160
_MANY = 2
_INDENT = "    "
_NAMED = 8


def render_plan(proposal: Proposal, *, nothing: str = "", width: int = WIDTH) -> str:
    """The plan for its reader, its summary last. `nothing` says what it means if there is nothing to do."""
    plan = proposal.plan
    details = _Details(width)
    return "\n".join(
        [
            *_risks(proposal),
            *_stories(proposal, [change for change in plan.changes if change.cause is not Cause.DRIFT], details),
            *_drift(proposal, [change for change in plan.changes if change.cause is Cause.DRIFT], details),
            *_unseen(plan.unseen),
            *_kept(plan.kept),
            *_foreign(plan.foreign),
            summary(plan) if plan or not nothing else nothing,
        ]
    )


def summary(plan: Plan) -> str:
    """One line: how many of each."""
    if not plan:
        resources = "1 resource is" if plan.unchanged == 1 else f"{plan.unchanged} resources are"
        return f"Nothing to do: {resources} as the YAML says."
    counts = ", ".join(
        f"{plan.count(action)} to {action}" for action in Action if action is not Action.RELEASE or plan.count(action)
    )
    return f"Plan: {counts}; {plan.unchanged} unchanged."


def _risks(proposal: Proposal) -> Iterator[str]:
    for refusal in proposal.refusals:
        yield from _refusal(refusal, "consent")
    for refusal in proposal.consented:
        yield from _refusal(refusal, "consented")
    closer = [change for change in proposal.plan.changes if change.risk is Risk.MEDIUM]
    if closer:
        named = ", ".join(f"{SIGNS[change.action]} {change.address}" for change in closer[:_NAMED])
        rest = f", and {len(closer) - _NAMED} more" if len(closer) > _NAMED else ""
        yield f"Look closely, for something goes away or rights change: {named}{rest}"
        yield ""


def _refusal(refusal: Refusal, consent: str) -> Iterator[str]:
    yield f"! {refusal.address}: {refusal.reason}"
    if refusal.hint:
        yield f"{_INDENT}hint: {refusal.hint}"
    if refusal.token:
        yield f"{_INDENT}{consent}: --allow {refusal.token}"
    yield ""


def _stories(proposal: Proposal, changes: Sequence[Change], details: _Details) -> Iterator[str]:
    for story in proposal.stories(changes):
        for change in story.changes:
            origin = change.after.origin if change.after else ""
            also = "  also changed outside" if change.cause is Cause.BOTH else ""
            yield f"{SIGNS[change.action]} {change.address}" + (f"  ({origin})" if origin else "") + also
            yield from details.of(change)
        yield ""


def _drift(proposal: Proposal, changes: Sequence[Change], details: _Details) -> Iterator[str]:
    if changes:
        yield "Changed outside since it was last applied, and put back:"
        yield ""
        yield from _stories(proposal, changes, details)


class _Details:
    """The values of each change; what is as long as it is equal to what was shown before is pointed at."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._values: dict[str, Address] = {}
        self._lines: dict[tuple[str, ...], Address] = {}

    def of(self, change: Change) -> Iterator[str]:
        lines = tuple(self._of(change))
        first = self._lines.setdefault(lines, change.address) if len(lines) > _MANY else change.address
        if first == change.address:
            yield from lines
        else:
            yield f"{_INDENT}as of {first}"

    def _of(self, change: Change) -> Iterator[str]:
        match change.before, change.after:
            case None, after if after is not None:
                yield from self._whole("+", after)
            case before, None if before is not None:
                yield from self._whole(SIGNS[change.action], before)
            case before, after if before is not None and after is not None:
                for difference in differences(before.body, after.body):
                    yield from self._difference(difference)

    def _whole(self, sign: str, resource: Resource) -> Iterator[str]:
        """Every field of a resource, and every statement or template resource on a line of its own."""
        for field, value in resource.body.items():
            parts = value.items() if isinstance(value, Mapping) else [("", value)]
            for name, part in parts:
                label = f"{field}.{name}: " if name else f"{field}: "
                text = compact(part)
                first = self._values.setdefault(text, resource.address) if len(text) > _LONG else resource.address
                if first == resource.address:
                    yield from self._block(part, f"{_INDENT}{sign} ", label)
                else:
                    yield f"{_INDENT}{sign} {label}as in {first}"

    def _difference(self, difference: Difference) -> Iterator[str]:
        label = ".".join(difference.path)
        before, after = difference.before, difference.after
        if is_set(before) and is_set(after) and (moved := [*_moved("-", before, after), *_moved("+", after, before)]):
            yield f"{_INDENT}~ {label}:"
            yield from moved
        elif before is None:
            yield from self._block(after, f"{_INDENT}+ ", f"{label}: ")
        elif after is None:
            yield from self._block(before, f"{_INDENT}- ", f"{label}: ")
        else:
            one_line = f"{_INDENT}~ {label}: {compact(before)} -> {compact(after)}"
            if len(one_line) <= self._width:
                yield one_line
            else:
                yield f"{_INDENT}~ {label}:"
                yield from self._block(before, f"{_INDENT}{_INDENT}- ")
                yield from self._block(after, f"{_INDENT}{_INDENT}+ ")

    def _block(self, value: Json, prefix: str, label: str = "") -> Iterator[str]:
        return block(value, prefix=prefix, label=label, width=self._width)


def _moved(sign: str, items: Json, others: Json) -> list[str]:
    """What is on one side only. Nothing, where the two differ in their order alone."""
    assert isinstance(items, list | tuple)
    assert isinstance(others, list | tuple)
    return [f"{_INDENT}{_INDENT}{sign} {compact(item)}" for item in items if item not in others]


def _unseen(unseen: Iterable[Unseen]) -> Iterator[str]:
    lines = [f"  {item.address}: {item.reason}" for item in unseen]
    if lines:
        yield from ("Could not be looked at, and taken for absent:", *lines, "")


def _kept(kept: Iterable[Resource]) -> Iterator[str]:
    lines = [f"  {resource.address}" for resource in kept]
    if lines:
        yield from (
            "Ours, no longer in the YAML, and kept: a missing line closes or removes none of these.",
            *lines,
            "",
        )


def _foreign(foreign: Iterable[Foreign]) -> Iterator[str]:
    # AWS takes a unit's name with anything in it, a line end too.
    lines = sorted(f"  {item.address}: {item.detail}".replace("\n", "\\n") for item in foreign)
    if lines:
        yield from ("Not ours, and left alone:", *lines, "")
