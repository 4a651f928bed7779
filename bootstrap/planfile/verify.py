"""Verify a reviewed plan: apply plans again, and does the same or less."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from bootstrap import planfile
from bootstrap.engine.last_applied import from_shards
from bootstrap.engine.plan import Action
from bootstrap.model.diff import steps
from bootstrap.model.errors import BlockedError
from bootstrap.model.names import KEY_TAG
from bootstrap.secrecy.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.diff import Step
    from bootstrap.planfile import ChangeEntry, PlanFile

_AGAIN: Final = "have the current plan reviewed: `org-bootstrap plan --out plan.json`"
_SHOWN: Final = 10
_DIGEST: Final = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{16}")


def verify_plan(reviewed: PlanFile, fresh: PlanReview) -> None:
    """Raise BlockedError, naming what moved, if `fresh` would do more than was reviewed, or something else."""
    _check_organization(reviewed, fresh)
    if not reviewed.binds:
        message = "the plan was made from a redacted snapshot and cannot be applied"
        raise BlockedError(message, hint="plan from AWS, or from a snapshot without --redact, and have that reviewed")
    allowed = {entry.address: entry for entry in reviewed.changes}
    inaccessible = {item.address for item in reviewed.inaccessible}
    moved = list(_ambiguous(reviewed, fresh))
    for change in fresh.plan.changes:
        here = str(change.address)
        moved += _more(allowed.get(here), change, was_read=here not in inaccessible)
    grown = list(_newly_affected(reviewed, fresh))
    moved += [
        *_no_longer_first(allowed, fresh),
        *grown,
        *_newly_lost(reviewed, fresh),
        *_changed_limits(reviewed, fresh),
    ]
    if moved:
        shown = "\n".join(f"  {one_line(reason)}" for reason in moved[:_SHOWN])
        more = f"\n  … and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
        observed = reviewed.fingerprints.observed != fresh.observed or bool(grown)
        cause = _cause(specs=reviewed.fingerprints.specs != fresh.specs, observed=observed)
        raise BlockedError(f"the plan has changed since its review: {cause}\n{shown}{more}", hint=_AGAIN)


def verify_digest(digest: str, fresh: PlanReview) -> None:
    """Raise BlockedError unless `fresh` is the plan of this digest, or nothing is left to do for the same YAML."""
    expected, specs, observed = parts_of(digest)
    now = planfile.digest(fresh)
    changes_now, specs_now, observed_now = now.split("-")
    if not fresh.plan and specs != specs_now:
        message = "nothing is left to do, but the digest is of a plan for another YAML or other targets"
        raise BlockedError(message, hint=_AGAIN)
    if fresh.plan and expected != changes_now:
        if (specs, observed) == (specs_now, observed_now):
            raise BlockedError(f"this is not the plan of that digest; the digest of this plan is {now}", hint=_AGAIN)
        cause = _cause(specs=specs != specs_now, observed=observed != observed_now)
        raise BlockedError(f"the plan has changed since its review: {cause}; its digest is {now}", hint=_AGAIN)


def verify_serial(serial: int, shards: Mapping[str, str]) -> None:
    """Raise BlockedError if an apply with a higher serial has begun: this one would undo its changes. `shards` are the
    parameters of the last-applied record.
    """
    known = from_shards(shards)
    if known is None and shards:
        raise BlockedError(
            "the last serial is unknown, because the last-applied record cannot be read",
            hint="check that nothing later was applied, and apply once without `--serial`",
        )
    if known and known.serial > serial:
        raise BlockedError(
            f"serial {known.serial} has already been applied, and this is serial {serial}: it would undo later changes",
            hint="plan the current YAML, and have that plan reviewed",
        )


def parts_of(digest: str) -> tuple[str, str, str]:
    """The hashes of the changes, of the YAML, and of what was observed. Raises BlockedError for any other text."""
    given = digest.strip()
    if not _DIGEST.fullmatch(given):
        raise BlockedError(
            f"{digest or 'an empty text'} is not the digest of a plan", hint="`org-bootstrap plan` prints it at the end"
        )
    changes, specs, observed = given.split("-")
    return changes, specs, observed


def _check_organization(reviewed: PlanFile, fresh: PlanReview) -> None:
    was, now = reviewed.organization, fresh.organization
    if was.name != now.name:
        message = f"the plan is for the organization {one_line(was.name)}, and the YAML says {now.name}"
        raise BlockedError(message, hint=_AGAIN)
    if was.id and was.id != now.id:
        raise BlockedError(
            f"the plan is for {one_line(was.id)}, and this is {now.id or 'no organization yet'}", hint=_AGAIN
        )
    if was.account != now.account:
        message = f"the plan is for the account {one_line(was.account)}, and this is {now.account}"
        raise BlockedError(message, hint=_AGAIN)
    if tuple(reviewed.targets) != fresh.targets:
        typed = " ".join(f"--target {one_line(one)}" for one in reviewed.targets) or "everything"
        raise BlockedError(f"the plan is for {typed}", hint="remove `--target`: the plan file has its targets")


def _ambiguous(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """Names that are equal once secrets in them are masked cannot be verified."""
    for addresses in (
        [entry.address for entry in reviewed.changes],
        [str(change.address) for change in fresh.plan.changes],
    ):
        yield from (
            f"{here}: several resources have this name once secrets are masked"
            for here, n in Counter(addresses).items()
            if n > 1
        )


def _no_longer_first(allowed: Mapping[str, ChangeEntry], fresh: PlanReview) -> Iterator[str]:
    """Changes that were to wait for a change that is neither planned nor made any more. Otherwise an SCP could be
    detached from an OU although it is not attached to the OUs below.
    """
    coming = {str(change.address): change for change in fresh.plan.changes}
    there = {str(here): resource.body for here, resource in fresh.have.items()}
    dropped = {here for here, entry in allowed.items() if here not in coming and there.get(here) != entry.after}
    for here, change in coming.items():
        for awaited in allowed[here].waits if here in allowed else ():
            if awaited in dropped:
                yield f"{change.action} {change.address}: was to wait for {awaited}, which is no longer planned"


def _newly_lost(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """Losses that a reviewed approval did not cover."""
    given: dict[str, set[str]] = {}
    for entry in reviewed.approved:
        given.setdefault(entry.token, set()).update(entry.loses)
    for approved in fresh.approved:
        if more := sorted(set(approved.loses) - given.get(approved.token, set(approved.loses))):
            yield f"{approved.token}: this approval did not cover {', '.join(more)}"


def _newly_affected(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """Accounts that were not reviewed. The same attachment affects more if accounts have moved into its OU."""
    known = set(reviewed.affected)
    yield from (
        f"{here}: is affected now, and was not when the plan was made" for here in fresh.affected if here not in known
    )


def _changed_limits(reviewed: PlanFile, fresh: PlanReview) -> Iterator[str]:
    """A finished apply puts the limits of the YAML in force, so they are reviewed too."""
    for name, now in fresh.safety.items():
        if now != (was := reviewed.safety.get(name)):
            yield f"safety: {name}: {was} -> {now} was not in the plan"


def _cause(*, specs: bool, observed: bool) -> str:
    if specs:
        return "the YAML has changed, and AWS may have"  # the YAML also changes the fingerprint of what AWS has
    if observed:
        return "AWS has changed"
    return "neither the YAML nor AWS has changed, but the blockers have"


def _more(reviewed: ChangeEntry | None, fresh: Change, *, was_read: bool) -> Iterator[str]:
    """The steps of a change that were not reviewed, and the differences between its result and the reviewed one.

    A change may do less, but its result must be the reviewed one: a policy statement without its condition would be
    worse than no change. `was_read`: the resource was not inaccessible at the review.
    """
    name = f"{fresh.action} {fresh.address}"
    if reviewed is None:
        yield f"{name}: was not in the plan"
        return
    before, after = fresh.bodies
    now = steps(before, after)
    if was_read and _is_partly_created(reviewed, fresh, now):
        now = frozenset()
    elif reviewed.action is not fresh.action:
        yield f"{name}: was {reviewed.action} in the plan"
        return
    for step in sorted((now - steps(reviewed.before, reviewed.after)) | steps(reviewed.after, after)):
        yield f"{name}: {_text(step)} was not in the plan"


def _is_partly_created(reviewed: ChangeEntry, fresh: Change, now: Iterable[Step]) -> bool:
    """Whether an interrupted run has created this resource and not completed it. A resource without our tag is somebody
    else's, unless it is unique: the organization gets its tag only after its creation.
    """
    if reviewed.action is not Action.CREATE or fresh.action is not Action.UPDATE:
        return False
    if fresh.after is not None and fresh.after.unique:
        return True
    return not any(step.path == ("tags", KEY_TAG) and not step.before for step in now)


def _text(step: Step) -> str:
    where = ".".join(step.path)
    match step.before, step.after:
        case "", after:
            return f"{where}: + {after}"
        case before, "":
            return f"{where}: - {before}"
        case before, after:
            return f"{where}: {before} -> {after}"
