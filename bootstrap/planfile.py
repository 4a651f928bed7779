"""A plan as a file: what it says in full, to be read, compared, kept, and held against the apply.

The same plan gives the same bytes. Bodies hold references (`${account:tooling}`) where AWS has ids, and templates
and names where it has secrets, so that neither an id that is not known yet nor any secret value is in it.
"""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bootstrap import __version__
from bootstrap.difference import canonical
from bootstrap.errors import RefusedError
from bootstrap.model import Address, Json, references
from bootstrap.plan import Action, Cause, Risk
from bootstrap.redaction import hidden
from bootstrap.spelling import spell_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.model import Body, Resource
    from bootstrap.plan import Change, Plan
    from bootstrap.proposal import Proposal

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

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationEntry(_Model):
    """Which organization the plan is for."""

    name: Name = Field(description="Its name in the YAML.")
    id: str = Field(description="AWS's id of it, such as o-a1b2c3d4e5; empty before there is one.")
    account: str = Field(description="The id of its management account.")


class Fingerprints(_Model):
    """What the plan was made from, as SHA-256 of canonical JSON."""

    specs: Digest = Field(description="Of all that the YAML asks for.")
    observed: Digest = Field(description="Of all of ours that AWS has.")


class CallEntry(_Model):
    """One call that changes AWS."""

    action: Name = Field(description="As `service.Operation`.")
    account: str = Field(description="The account that it is made in; empty for the management account.")
    region: str
    parameters: dict[str, Any] = Field(
        description="As the SDKs take them. An id that AWS gives only during the apply is its thing, as in `after`."
    )


class ChangeEntry(_Model):
    """One change."""

    address: Name = Field(description="The thing, as `kind:name`.")
    about: Name = Field(description="The thing whose story it is part of: a baseline is its account's.")
    action: Action = Field(description="What happens to it.")
    cause: Cause = Field(description="Whether the YAML asks for it, or somebody changed AWS; `unknown` if not known.")
    reason: str = Field(description="The same in words.")
    risk: Risk = Field(description="How closely to look: `high` takes a consent.")
    origin: str = Field(description="Where the YAML says so, as file:line; empty for what it does not have.")
    before: dict[str, Any] | None = Field(description="What there is; null if there is nothing.")
    after: dict[str, Any] | None = Field(description="What there will be; null if nothing.")
    unknown: dict[str, list[str]] = Field(
        description="Each value in `after` that AWS gives only during the apply: its JSON pointer, and what of."
    )
    remarks: list[str] = Field(description="What the values do not say.")
    waits: list[str] = Field(description="The changes that come first, by address.")
    calls: list[CallEntry] | None = Field(
        description="The AWS calls that make it if all goes well, in their order; null if nobody asked for them."
    )


class RefusalEntry(_Model):
    """A reason not to apply the plan, or a risk that was consented to."""

    address: Name
    reason: str
    hint: str
    token: str = Field(description="The consent: --allow TOKEN. Empty if nothing overrides it.")


class Noted(_Model):
    """A thing that the plan leaves alone, or could not look at."""

    address: Name
    detail: str


class LeftEntry(Noted):
    """A thing that the plan leaves alone."""

    new: bool = Field(
        description="Whether it came, or was otherwise, since the YAML was last applied, if that is known."
    )


class PlanFile(_Model):
    """A plan of org-bootstrap. `apply FILE` plans again, and does this or less."""

    format: Literal[1] = Field(description="The version of this format.")
    tool: Name = Field(description="The version of org-bootstrap that made it.")
    organization: OrganizationEntry
    fingerprints: Fingerprints
    only: list[str] = Field(description="What the plan was narrowed to, as it was typed; empty for all.")
    left_out: int = Field(description="How many changes it has not for that.")
    touched: list[Name] = Field(
        description="The accounts that it touches, also by what is attached above them, each as `ACCOUNT in UNIT`, "
        "where it stands once this is applied: no more are."
    )
    safety: dict[str, int] = Field(description="What the YAML says of how much is usual, as in `safety` there.")
    loosened: list[str] = Field(
        description="What of it counts only from the next plan on, in words: it is looser than what was last applied."
    )
    summary: dict[str, int] = Field(description="How many changes of each action, and how many stay as they are.")
    changes: list[ChangeEntry] = Field(description="Each behind those that it waits for.")
    refusals: list[RefusalEntry] = Field(description="What stands against applying it.")
    consented: list[RefusalEntry] = Field(description="Risks that were consented to when it was made.")
    kept: list[LeftEntry] = Field(description="Ours, no longer in the YAML, and kept.")
    foreign: list[LeftEntry] = Field(description="Not ours, and left alone.")
    unseen: list[Noted] = Field(description="Could not be looked at, and taken for absent.")
    digest: str = Field(
        description="What `apply --expect` takes: of the changes, whose they are, which accounts they touch and what "
        "is usual, of the YAML, of what was observed."
    )
    seal: Digest = Field(description="Of all the rest, so that an edit by hand shows.")


def describe(proposal: Proposal) -> PlanFile:
    """The file of a plan."""
    plan = proposal.plan
    rest: dict[str, Any] = {
        "format": FORMAT,
        "tool": __version__,
        "organization": {
            "name": proposal.whose.name,
            "id": proposal.whose.id,
            "account": proposal.whose.account,
        },
        "fingerprints": {"specs": proposal.specs, "observed": proposal.observed},
        "only": list(proposal.only),
        "left_out": proposal.left_out,
        "touched": list(proposal.touched),
        "safety": dict(proposal.safety),
        "loosened": list(proposal.loosened),
        "summary": {**{action.value: plan.count(action) for action in Action}, "unchanged": len(plan.unchanged)},
        "changes": list(_changes(plan)),
        "refusals": [_refusal(refusal) for refusal in proposal.refusals],
        "consented": [_refusal(refusal) for refusal in proposal.consented],
        "kept": _sorted(
            {"address": str(kept.address), "detail": _KEPT, "new": kept.address in plan.strayed} for kept in plan.kept
        ),
        "foreign": _sorted(
            {"address": str(item.address), "detail": item.detail, "new": item.new} for item in plan.foreign
        ),
        "unseen": _sorted({"address": str(item.address), "detail": item.reason} for item in plan.unseen),
        "digest": digest(proposal),
    }
    return PlanFile.model_validate({**rest, "seal": fingerprint(rest)})


def text(file: BaseModel) -> str:
    """The bytes of the file, made to be compared line by line."""
    return spell_out(file.model_dump_json(indent=2)) + "\n"


def read(content: str | bytes, name: str) -> PlanFile:
    """The plan in a file's content. Raises RefusedError for one that is no plan, was edited, or is not of this tool.

    `name` is the file's, for the message.
    """
    again = "plan again with `--out`, and have that reviewed"
    try:
        file = PlanFile.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise RefusedError(f"{name} is no plan of this version: {place}: {first['msg']}", hint=again) from None
    if fingerprint(file.model_dump(mode="json", exclude={"seal"})) != file.seal:
        raise RefusedError(f"{name} was edited: what it says does not go with its seal", hint=again)
    if file.tool != __version__:
        raise RefusedError(f"{name} was made by version {file.tool}, and this is {__version__}", hint=again)
    return file


def digest(proposal: Proposal) -> str:
    """What a comment may carry in place of the file: of the changes, whose they are, which accounts they touch and
    what is usual, of the YAML, of what was observed.
    """
    done = {
        str(change.address): [change.action.value, _body(change.before), _body(change.after)]
        for change in proposal.plan.changes
    }
    whose = proposal.whose
    touched = sorted(hidden(proposal.touched, whose.account))
    bound = fingerprint([whose.name, whose.id, whose.account, done, touched, dict(proposal.safety)])
    short = (value.removeprefix("sha256:") for value in (bound, proposal.specs, proposal.observed))
    changes, specs, observed = short
    return f"{changes[:32]}-{specs[:16]}-{observed[:16]}"


def command_to_apply(proposal: Proposal) -> str:
    """What is typed to have just this plan applied, where no file can go. Empty for a plan that is refused."""
    if proposal.refusals or not proposal.plan:
        return ""
    return shlex.join(["org-bootstrap", "apply", "--expect", digest(proposal), *as_typed(proposal)])


def as_typed(proposal: Proposal) -> list[str]:
    """The options that the plan was made with."""
    narrowed = [part for one in proposal.only for part in ("--only", one)]
    consents = [part for one in proposal.consented for part in ("--allow", one.token)]
    return [*narrowed, *consents]


def fingerprint(value: Json) -> str:
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint_of(resources: Mapping[Address, Resource]) -> str:
    """Of the bodies of resources, whatever their order."""
    return fingerprint({str(address): resource.body for address, resource in resources.items()})


def reason(change: Change) -> str:
    """Why a change is to be made, in words."""
    action = Action.DELETE if change.action is Action.RELEASE else change.action
    return _REASONS.get((action, change.cause), _REASONS[action, Cause.UNKNOWN])


def _changes(plan: Plan) -> Iterator[dict[str, Any]]:
    made = {change.address for change in plan.changes if change.action is Action.CREATE}
    for change in plan.changes:
        yield {
            "address": str(change.address),
            "about": str(change.about or change.address),
            "action": change.action,
            "cause": change.cause,
            "reason": reason(change),
            "risk": change.risk,
            "origin": change.after.origin if change.after else "",
            "before": _body(change.before),
            "after": _body(change.after),
            "unknown": dict(_unknown(_body(change.after), made)),
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


def _body(resource: Resource | None) -> Body | None:
    return resource.body if resource else None


def _sorted(noted: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In an order of ours: AWS lists the same things in any."""
    return sorted(noted, key=lambda item: (item["address"], item["detail"]))


def _refusal(refusal: Any) -> dict[str, str]:
    return {
        "address": str(refusal.address),
        "reason": refusal.reason,
        "hint": refusal.hint,
        "token": refusal.token,
    }
