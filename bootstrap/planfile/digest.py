"""What a plan comes to in a few characters, and how just that plan is asked for where no file can go."""

from __future__ import annotations

import hashlib
import shlex
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical
from bootstrap.secrecy.redact import hide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Json, Resource


def digest(review: PlanReview) -> str:
    """What a comment may carry in place of the file: of the changes, whose they are, which accounts they touch, what is
    lost and what is usual; of the YAML, and of what was selected; of what was observed.

    E-mails are hidden in it, so that a plan from a snapshot that hides them has the same.
    """
    whose, blockers = review.whose, (*review.blockers, *review.consented)
    parts: list[list[Json]] = [
        [[str(change.address), change.action.value, *change.bodies] for change in review.plan.changes],
        list(review.touched),
        [[blocker.token, *blocker.loses] for blocker in blockers if blocker.loses],
    ]
    told = [sorted((hide(item, whose.account) for item in part), key=canonical) for part in parts]
    bound = fingerprint([whose.name, whose.id, whose.account, *told, dict(review.safety)])
    asked = fingerprint([review.specs, list(review.only)])
    short = (value.removeprefix("sha256:") for value in (bound, asked, review.observed))
    changes, specs, observed = short
    return f"{changes[:32]}-{specs[:16]}-{observed[:16]}"


def command_to_apply(review: PlanReview) -> str:
    """What is typed to have just this plan applied, where no file can go. Empty for a plan that is refused."""
    if review.blockers or not review.plan:
        return ""
    return shlex.join(["org-bootstrap", "apply", "--expect", digest(review), *as_typed(review)])


def as_typed(review: PlanReview) -> list[str]:
    """The options that the plan was made with."""
    narrowed = [part for one in review.only for part in ("--target", one)]
    consents = [part for one in review.consented for part in ("--approve", one.token)]
    return [*narrowed, *consents]


def fingerprint(value: Json) -> str:
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint_of(resources: Mapping[Address, Resource]) -> str:
    """Of the bodies of resources, whatever their order."""
    return fingerprint({str(address): resource.body for address, resource in resources.items()})
