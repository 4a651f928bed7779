"""A plan in a few characters, and the command that applies exactly that plan where no file can go."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical
from bootstrap.model.per_object import PerObject

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Json, Resource


def digest(review: PlanReview) -> str:
    """Three hashes in place of the file: of the changes, the organization, the affected accounts, what is lost and the
    limits; of the YAML and the targets; of what was observed. Empty where the plan does not bind.
    """
    if not review.binds:
        return ""
    organization, blockers = review.organization, (*review.blockers, *review.approved)
    parts: list[list[Json]] = [
        [[str(change.address), change.action.value, *change.bodies] for change in review.plan.changes],
        list(review.affected),
        [[blocker.token, *blocker.loses] for blocker in blockers if blocker.loses],
    ]
    sorted_parts = [sorted(part, key=canonical) for part in parts]
    bound = fingerprint([organization.name, organization.id, organization.account, *sorted_parts, dict(review.safety)])
    asked = fingerprint([review.specs, list(review.targets)])
    changes, specs, observed = (value.removeprefix("sha256:") for value in (bound, asked, review.observed))
    return f"{changes[:32]}-{specs[:16]}-{observed[:16]}"


def command_to_apply(review: PlanReview) -> str:
    """The command that applies exactly this plan. Empty for a plan that is blocked, empty, or does not bind."""
    if review.blockers or not review.plan or not review.binds:
        return ""
    return shlex.join(["org-bootstrap", "apply", "--expect", digest(review), *as_typed(review)])


def as_typed(review: PlanReview) -> list[str]:
    """The options that the plan was made with."""
    targets = [part for one in review.targets for part in ("--target", one)]
    approvals = [part for blocker in review.approved for part in ("--approve", blocker.token)]
    return [*targets, *approvals]


def fingerprint(value: Json) -> str:
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint_of(resources: Mapping[Address, Resource]) -> str:
    """Of the bodies of resources, whatever their order. Accounts share the resources of templates."""
    shared = PerObject(fingerprint)
    return fingerprint(
        {
            str(here): {field: _each(value, shared) for field, value in resource.body.items()}
            for here, resource in resources.items()
        }
    )


def _each(value: Json, shared: PerObject[str]) -> Json:
    return {name: shared(item) for name, item in value.items()} if isinstance(value, Mapping) else value
