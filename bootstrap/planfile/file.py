"""A plan is written to a file, and read from one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bootstrap import __version__
from bootstrap.engine.plan import Action, Cause
from bootstrap.model.resource import references
from bootstrap.planfile.artifact import PLAN, check_version, parse
from bootstrap.planfile.digest import digest, fingerprint
from bootstrap.planfile.schema import PlanFile
from bootstrap.secrecy.escape import spell_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from bootstrap.engine.plan import Blocker, Change, Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Json

FORMAT: Final = 1
_KEPT: Final = "the YAML has it no more, and a missing line removes none of it"
_REASONS: Final = {
    (Action.CREATE, Cause.DRIFT): "it was there when the YAML was last applied, and is gone",
    (Action.UPDATE, Cause.DRIFT): "it was changed since the YAML was last applied, and the YAML was not",
    (Action.DELETE, Cause.DRIFT): "it came since the YAML was last applied, and the YAML never had it",
    (Action.UPDATE, Cause.BOTH): "both it and the YAML were changed since the YAML was last applied",
    (Action.CREATE, Cause.ASKED): "the YAML has it now",
    (Action.UPDATE, Cause.ASKED): "the YAML says it differently now",
    (Action.DELETE, Cause.ASKED): "the YAML has it no more",
    (Action.CREATE, Cause.UNKNOWN): "the YAML has it, and none was found",
    (Action.UPDATE, Cause.UNKNOWN): "AWS has it otherwise than the YAML",
    (Action.DELETE, Cause.UNKNOWN): "AWS has it, and the YAML has not",
}


def describe(review: PlanReview) -> PlanFile:
    """The file of a plan."""
    plan = review.plan
    rest: dict[str, Any] = {
        "format": FORMAT,
        "tool": __version__,
        "organization": {
            "name": review.whose.name,
            "id": review.whose.id,
            "account": review.whose.account,
        },
        "fingerprints": {"specs": review.specs, "observed": review.observed},
        "only": list(review.only),
        "left_out": review.left_out,
        "touched": list(review.touched),
        "safety": dict(review.safety),
        "loosened": list(review.loosened),
        "summary": {**{action.value: plan.count(action) for action in Action}, "unchanged": len(plan.unchanged)},
        "changes": list(_changes(plan)),
        "blockers": [_refusal(blocker) for blocker in review.blockers],
        "consented": [_refusal(blocker) for blocker in review.consented],
        "kept": _sorted(
            {"address": str(kept.address), "detail": _KEPT, "new": kept.address in plan.retained_drift}
            for kept in plan.kept
        ),
        "unmanaged": _sorted(
            {"address": str(item.address), "detail": item.detail, "new": item.new} for item in plan.unmanaged
        ),
        "inaccessible": _sorted({"address": str(item.address), "detail": item.reason} for item in plan.inaccessible),
        "digest": digest(review),
    }
    return PlanFile.model_validate({**rest, "seal": fingerprint(rest)})


def text(file: BaseModel) -> str:
    """The bytes of the file, made to be compared line by line."""
    return spell_out(file.model_dump_json(indent=2)) + "\n"


def read(content: str | bytes, name: str) -> PlanFile:
    """The plan in a file's content. Raises BlockedError for one that is no plan, was edited, or is not of this tool.

    `name` is the file's, for the message.
    """
    file = parse(content, name, PLAN, PlanFile)
    if fingerprint(file.model_dump(mode="json", exclude={"seal"})) != file.seal:
        raise PLAN.blocker(f"{name} was edited: what it says does not go with its seal")
    check_version(file.tool, name, PLAN)
    written = content.decode() if isinstance(content, bytes) else content
    if written.replace("\r\n", "\n") != text(file):
        # Of a key that stands there twice the last one counts, and a reader sees the first.
        raise PLAN.blocker(f"{name} was edited: it does not read as it was written")
    return file


def reason(change: Change) -> str:
    """Why a change is to be made, in words."""
    action = Action.DELETE if change.action is Action.RELEASE else change.action
    return _REASONS.get((action, change.cause), _REASONS[action, Cause.UNKNOWN])


def _changes(plan: Plan) -> Iterator[dict[str, Any]]:
    made = {change.address for change in plan.changes if change.action is Action.CREATE}
    for change in plan.changes:
        before, after = change.bodies
        yield {
            "address": str(change.address),
            "about": str(change.about or change.address),
            "action": change.action,
            "cause": change.cause,
            "reason": reason(change),
            "risk": change.risk,
            "origin": change.after.origin if change.after else "",
            "before": before,
            "after": after,
            "unknown": dict(_unknown(after, made)),
            "remarks": list(change.remarks),
            "waits": sorted(map(str, plan.waits[change.address])),
            "calls": None if change.calls is None else [asdict(call) for call in change.calls],
        }


def _unknown(value: Json, made: Iterable[Address], pointer: str = "") -> Iterator[tuple[str, list[str]]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _unknown(item, made, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case list() | tuple():
            for number, item in enumerate(value):
                yield from _unknown(item, made, f"{pointer}/{number}")
        case str():
            if names := sorted(map(str, references(value) & set(made))):
                yield pointer, names


def _sorted(noted: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In an order of ours: AWS lists the same things in any."""
    return sorted(noted, key=lambda item: (item["address"], item["detail"]))


def _refusal(blocker: Blocker) -> dict[str, Any]:
    return {
        "address": str(blocker.address),
        "reason": blocker.reason,
        "hint": blocker.hint,
        "token": blocker.token,
        "loses": list(blocker.loses),
    }
