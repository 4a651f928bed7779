"""Write a plan to a file, and read it back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bootstrap import __version__
from bootstrap.engine.plan import Action, Cause
from bootstrap.model.resource import references
from bootstrap.planfile.artifact import PLAN, check_version, parse
from bootstrap.planfile.digest import digest, fingerprint
from bootstrap.planfile.schema import PlanFile
from bootstrap.planfile.shared import share, unshare
from bootstrap.secrecy.escape import spell_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pydantic import BaseModel

    from bootstrap.engine.plan import Change, Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Json

FORMAT: Final = 2
_RETAINED: Final = "removed from the YAML, retained: deleting a line never deletes the resource"
_REASONS: Final = {
    (Action.CREATE, Cause.DRIFT): "somebody deleted it since the YAML was last applied",
    (Action.UPDATE, Cause.DRIFT): "somebody changed it since the YAML was last applied",
    (Action.DELETE, Cause.DRIFT): "somebody created it since the YAML was last applied",
    (Action.UPDATE, Cause.BOTH): "the YAML and AWS have both changed since the YAML was last applied",
    (Action.CREATE, Cause.ASKED): "it was added to the YAML",
    (Action.UPDATE, Cause.ASKED): "it was changed in the YAML",
    (Action.DELETE, Cause.ASKED): "it was removed from the YAML",
    (Action.CREATE, Cause.UNKNOWN): "it is in the YAML and not in AWS",
    (Action.UPDATE, Cause.UNKNOWN): "AWS and the YAML differ",
    (Action.DELETE, Cause.UNKNOWN): "it is in AWS and not in the YAML",
}


def describe(review: PlanReview) -> PlanFile:
    plan = review.plan
    changes = list(_changes(plan))
    rest: dict[str, Any] = {
        "format": FORMAT,
        "tool": __version__,
        "organization": asdict(review.organization),
        "binds": review.binds,
        "fingerprints": {"specs": review.specs, "observed": review.observed},
        "targets": list(review.targets),
        "left_out": review.left_out,
        "affected": list(review.affected),
        "safety": dict(review.safety),
        "raised": list(review.raised),
        "summary": {**{action.value: plan.count(action) for action in Action}, "unchanged": len(plan.unchanged)},
        "shared": share(changes),
        "changes": changes,
        "blocked": [asdict(blocker) | {"address": str(blocker.address)} for blocker in review.blockers],
        "approved": [asdict(blocker) | {"address": str(blocker.address)} for blocker in review.approved],
        "retained": _sorted(
            {"address": str(found.address), "detail": _RETAINED, "new": found.address in plan.retained_drift}
            for found in plan.retained
        ),
        "unmanaged": _sorted(
            {"address": str(item.address), "detail": item.detail, "new": item.new} for item in plan.unmanaged
        ),
        "inaccessible": _sorted({"address": str(item.address), "detail": item.reason} for item in plan.inaccessible),
        "digest": digest(review),
    }
    return PlanFile.model_validate({**rest, "seal": fingerprint(rest)})


def text(file: BaseModel) -> str:
    return spell_out(file.model_dump_json(indent=2)) + "\n"


def read(content: str | bytes, name: str) -> PlanFile:
    """The plan in a file's content. Raises BlockedError if it is not a plan of this version or was edited.

    `name` is the file's, for the message.
    """
    file = parse(content, name, PLAN, PlanFile)
    if fingerprint(file.model_dump(mode="json", exclude={"seal"})) != file.seal:
        raise PLAN.problem(f"{name} was edited: its content does not match its seal")
    check_version(file.tool, name, PLAN)
    written = content.decode() if isinstance(content, bytes) else content
    if written.replace("\r\n", "\n") != text(file):
        # JSON takes the last of two equal keys, and a reader may see only the first.
        raise PLAN.problem(f"{name} was edited: its text differs from what was written")
    return unshare(file)


def reason(change: Change) -> str:
    action = Action.DELETE if change.action is Action.FORGET else change.action
    return _REASONS.get((action, change.cause), _REASONS[action, Cause.UNKNOWN])


def _changes(plan: Plan) -> Iterator[dict[str, Any]]:
    made = {change.address for change in plan.changes if change.action is Action.CREATE}
    for change in plan.changes:
        before, after = change.bodies
        yield {
            "address": str(change.address),
            "owner": str(change.owner),
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


def _unknown(value: Json, made: Collection[Address], pointer: str = "") -> Iterator[tuple[str, list[str]]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _unknown(item, made, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case list() | tuple():
            for number, item in enumerate(value):
                yield from _unknown(item, made, f"{pointer}/{number}")
        case str():
            if names := sorted(str(here) for here in references(value) if here in made):
                yield pointer, names


def _sorted(noted: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """AWS lists them in any order."""
    return sorted(noted, key=lambda item: (item["address"], item["detail"]))
