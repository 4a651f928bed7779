"""A plan as text: every change with its real values, what is left alone, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap.plan import Action, differences
from bootstrap.render.values import block, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.model import Address, Json, Resource
    from bootstrap.plan import Change, Difference, Foreign, Plan, Refusal, Unseen

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.RELEASE: "<"}
# A value longer than this is shown once, and pointed at where it comes again.
_LONG = 160
_INDENT = "    "


def render_plan(plan: Plan, refusals: Iterable[Refusal] = (), *, nothing: str = "") -> str:
    """The plan in its order, its summary last. `nothing` says what it means if there is nothing to do."""
    end = summary(plan) if plan or not nothing else nothing
    return "\n".join(
        [
            *_changes(plan),
            *_unseen(plan.unseen),
            *_kept(plan.kept),
            *_foreign(plan.foreign),
            *_refusals(refusals),
            end,
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


def _changes(plan: Plan) -> Iterator[str]:
    shown: dict[str, Address] = {}
    for change in plan.changes:
        origin = change.after.origin if change.after else ""
        yield f"{SIGNS[change.action]} {change.address}" + (f"  ({origin})" if origin else "")
        yield from _fields(change, shown)
        yield ""


def _fields(change: Change, shown: dict[str, Address]) -> Iterator[str]:
    match change.before, change.after:
        case None, after if after is not None:
            yield from _whole("+", after, shown)
        case before, None if before is not None:
            yield from _whole(SIGNS[change.action], before, shown)
        case before, after if before is not None and after is not None:
            for difference in differences(before.body, after.body):
                yield from _difference(difference)


def _whole(sign: str, resource: Resource, shown: dict[str, Address]) -> Iterator[str]:
    """Every field of a resource, and every statement or template resource on a line of its own."""
    for field, value in resource.body.items():
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        for name, part in parts:
            label = f"{field}.{name}: " if name else f"{field}: "
            text = compact(part)
            first = shown.setdefault(text, resource.address) if len(text) > _LONG else resource.address
            if first == resource.address:
                yield from block(part, prefix=f"{_INDENT}{sign} ", label=label)
            else:
                yield f"{_INDENT}{sign} {label}as in {first}"


def _difference(difference: Difference) -> Iterator[str]:
    label = ".".join(difference.path)
    before, after = difference.before, difference.after
    if _is_set(before) and _is_set(after) and (moved := [*_moved("-", before, after), *_moved("+", after, before)]):
        yield f"{_INDENT}~ {label}:"
        yield from moved
    elif before is None:
        yield from block(after, prefix=f"{_INDENT}+ ", label=f"{label}: ")
    elif after is None:
        yield from block(before, prefix=f"{_INDENT}- ", label=f"{label}: ")
    else:
        one_line = f"{_INDENT}~ {label}: {compact(before)} -> {compact(after)}"
        if len(one_line) <= _LONG:
            yield one_line
        else:
            yield f"{_INDENT}~ {label}:"
            yield from block(before, prefix=f"{_INDENT}{_INDENT}- ")
            yield from block(after, prefix=f"{_INDENT}{_INDENT}+ ")


def _is_set(value: Json) -> bool:
    """A list of texts without repeats: what matters is which are in it."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(item, str) for item in value)
        and len(set(value)) == len(value)
    )


def _moved(sign: str, items: Json, others: Json) -> list[str]:
    """What is on one side only. Nothing, where the two differ in their order alone."""
    assert isinstance(items, Sequence)
    assert isinstance(others, Sequence)
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


def _refusals(refusals: Iterable[Refusal]) -> Iterator[str]:
    for refusal in refusals:
        yield f"! {refusal.address}: {refusal.reason}"
        if refusal.hint:
            yield f"{_INDENT}hint: {refusal.hint}"
        if refusal.token:
            yield f"{_INDENT}consent: --allow {refusal.token}"
        yield ""
