"""A reviewed plan binds the apply: it plans again, and does the same or less."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bootstrap import planfile
from bootstrap.engine.last_applied import from_shards
from bootstrap.engine.plan import Action
from bootstrap.model.diff import steps
from bootstrap.model.errors import BlockedError
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address
from bootstrap.secrecy.escape import one_line
from bootstrap.secrecy.redact import emails, hidden, hide, is_redacted, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.diff import Step
    from bootstrap.planfile import ChangeEntry, PlanFile

_AGAIN = "have the plan of now reviewed: `org-bootstrap plan --out plan.json`"
_SHOWN = 10
_DIGEST = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{16}")


def check_reviewed(reviewed: PlanFile, fresh: PlanReview) -> None:
    """Raise BlockedError, naming what moved, if `fresh` would do more than was reviewed, or otherwise."""
    _check_whose(reviewed, fresh)
    account = fresh.whose.account
    allowed = {_known_as(entry.address, account): _shown(entry, reviewed, fresh) for entry in reviewed.changes}
    inaccessible = {_known_as(item.address, account) for item in reviewed.inaccessible}
    moved: list[str] = []
    for change in fresh.plan.changes:
        here = _known_as(change.address, account)
        moved += _more(allowed.get(here), change, was_seen=here not in inaccessible)
    grown = list(_reached_since(reviewed, fresh))
    moved += [*_no_longer_awaited(allowed, fresh), *grown, *_lost_since(reviewed, fresh)]
    if moved := [*moved, *_safety_since(reviewed, fresh)]:
        shown = "\n".join(f"  {one_line(why)}" for why in moved[:_SHOWN])
        rest = f"\n  … and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
        since = _since(
            reviewed.fingerprints.specs != fresh.specs, reviewed.fingerprints.observed != fresh.observed or bool(grown)
        )
        raise BlockedError(f"the plan has moved since its review: {since}\n{shown}{rest}", hint=_AGAIN)


def check_expected(digest: str, fresh: PlanReview) -> None:
    """Raise BlockedError unless `fresh` is the plan of this digest, or nothing is left to do of what the same YAML
    asks for.
    """
    expected, specs, observed = parts_of(digest)
    now = planfile.digest(fresh)
    changes_now, specs_now, observed_now = now.split("-")
    if not fresh.plan and specs != specs_now:
        message = "nothing is to be done, and the digest is of a plan for another YAML, or of another part of it"
        raise BlockedError(message, hint=_AGAIN)
    if fresh.plan and expected != changes_now:
        if (specs, observed) == (specs_now, observed_now):
            raise BlockedError(f"the digest is of another plan: that of this one is {now}", hint=_AGAIN)
        since = _since(specs != specs_now, observed != observed_now)
        raise BlockedError(f"the plan has moved since its review: {since}, its digest is {now}", hint=_AGAIN)


def check_serial(serial: int, parameters: Mapping[str, str]) -> None:
    """Raise BlockedError if an apply of a later serial has begun: this one would undo what it did. `parameters` are the
    shards of the memory.
    """
    known = from_shards(parameters)
    if known is None and parameters:
        raise BlockedError(
            "whose serial it is cannot be told, for what was last applied cannot be read",
            hint="see that nothing later was applied, and apply once without `--serial`",
        )
    if known and known.serial > serial:
        raise BlockedError(
            f"serial {known.serial} was applied already, and this is serial {serial}: it would undo what came since",
            hint="plan what the YAML says now, and have that reviewed",
        )


def parts_of(digest: str) -> tuple[str, str, str]:
    """Of the changes, of the YAML, of what was observed. Raises BlockedError for what is no digest of a plan."""
    given = digest.strip()
    if not _DIGEST.fullmatch(given):
        raise BlockedError(f"{digest or 'nothing'} is no digest of a plan", hint="`org-bootstrap plan` ends with one")
    changes, specs, observed = given.split("-")
    return changes, specs, observed


def _check_whose(reviewed: PlanFile, fresh: PlanReview) -> None:
    was, now = reviewed.organization, fresh.whose
    if was.name != now.name:
        raise BlockedError(
            f"the plan is for the organization {one_line(was.name)}, and the YAML says {now.name}", hint=_AGAIN
        )
    if was.id and was.id != now.id:
        this = now.id or "no organization yet"
        raise BlockedError(f"the plan is for {one_line(was.id)}, and this is {this}", hint=_AGAIN)
    if was.account != now.account:
        account = one_line(was.account)
        raise BlockedError(f"the plan is for the account {account}, and this is {now.account}", hint=_AGAIN)
    if tuple(reviewed.only) != fresh.only:
        typed = " ".join(f"--target {one_line(one)}" for one in reviewed.only) or "all"
        raise BlockedError(f"the plan is of {typed}", hint="leave `--target` out: the plan says what it is of")


def _no_longer_awaited(allowed: Mapping[str, ChangeEntry], fresh: PlanReview) -> Iterator[str]:
    """What was to come first, and neither comes now nor is there as reviewed: a guardrail that goes from an OU once
    it is on those below, say, would go from all.
    """
    account = fresh.whose.account
    coming = {_known_as(change.address, account): change for change in fresh.plan.changes}
    there = {_known_as(here, account): resource.body for here, resource in fresh.have.items()}
    dropped = {
        here
        for here, entry in allowed.items()
        if here not in coming and hide(there.get(here), account) != hide(entry.after, account)
    }
    for here, change in coming.items():
        for awaited in allowed[here].waits if here in allowed else ():
            if _known_as(awaited, account) in dropped:
                yield f"{change.action} {change.address}: was to wait for {awaited}, which is not asked for any more"


def _lost_since(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """What a word that was given at the review would cover now, and did not then."""
    given: dict[str, set[str]] = {}
    for entry in reviewed.consented:
        given.setdefault(entry.token, set()).update(entry.loses)
    for consented in fresh.consented:
        if more := sorted(set(consented.loses) - given.get(consented.token, set(consented.loses))):
            yield f"{consented.token}: was not given for {', '.join(more)}"


def _known_as(address: object, account: str) -> str:
    """An address, whether or not an e-mail in it is hidden already."""
    return str(hide(str(address), account))


def _reached_since(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """The accounts that nobody has read of, though what is done is what was read: what is attached to an OU binds
    whatever has come into it.
    """
    account = fresh.whose.account
    known = set(hidden(reviewed.touched, account))
    for here in fresh.touched:
        if known.isdisjoint(hidden([here], account)):
            yield f"{here}: is touched now, and was not when the plan was made"


def _safety_since(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """An apply that ends makes the limits of the YAML count, whatever else it does."""
    for name, now in fresh.safety.items():
        if now != (was := reviewed.safety.get(name)):
            yield f"safety: {name}: {was} -> {now} was not in the plan"


def _shown(entry: ChangeEntry, reviewed: PlanFile, fresh: PlanReview) -> ChangeEntry:
    """The change with the e-mails that a snapshot had hidden, as far as the plan of now has them."""
    bodies = {name: body for name in ("before", "after") if is_redacted(body := getattr(entry, name))}
    if not bodies:
        return entry
    sides = [side for change in fresh.plan.changes for side in (change.before, change.after) if side]
    known = emails([side.body for side in sides if str(side.address) == entry.address])
    account = reviewed.organization.account
    return entry.model_copy(update={name: show(body, account, known) for name, body in bodies.items()})


def _since(specs: bool, observed: bool) -> str:  # noqa: FBT001 (two questions, asked in one order everywhere)
    if specs:
        return "the YAML has changed, and AWS perhaps, too"  # what AWS has is told in the words of the YAML
    if observed:
        return "AWS has changed"
    return "neither the YAML nor AWS has changed, but what stands in this plan has"


def _more(reviewed: ChangeEntry | None, fresh: Change, *, was_seen: bool) -> Iterator[str]:
    """What a change does that the reviewed one did not, and where it ends otherwise.

    Half of what was reviewed may be worse than none: a statement without its condition, say. What could not be seen at
    the review may be anybody's, however it looks.
    """
    what = f"{fresh.action} {fresh.address}"
    if reviewed is None:
        yield f"{what}: was not in the plan"
        return
    before, after = fresh.bodies
    now = steps(before, after)
    if was_seen and _is_half_made(reviewed, fresh.action, now):
        now = frozenset()
    elif reviewed.action is not fresh.action:
        yield f"{what}: was {reviewed.action} in the plan"
        return
    for step in sorted((now - steps(reviewed.before, reviewed.after)) | steps(reviewed.after, after)):
        yield f"{what}: {_told(step)} was not in the plan"


def _is_half_made(reviewed: ChangeEntry, action: Action, now: Iterable[Step]) -> bool:
    """Whether a run that died has made a thing, and not all of it. What somebody else has made has no tag of ours; but
    an account has one organization, whoever made it, and ours has none for a moment.
    """
    if reviewed.action is not Action.CREATE or action is not Action.UPDATE:
        return False
    if Address.parse(reviewed.address).kind == "organization":
        return True
    return not any(step.path == ("tags", KEY_TAG) and not step.before for step in now)


def _told(step: Step) -> str:
    where = ".".join(step.path)
    match step.before, step.after:
        case "", after:
            return f"{where}: + {after}"
        case before, "":
            return f"{where}: - {before}"
        case before, after:
            return f"{where}: {before} -> {after}"
