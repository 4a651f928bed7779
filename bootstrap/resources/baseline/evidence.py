"""Evidence that stacks hold what is wanted: when they last changed, and the digests of what was deployed.

A plan that finds the same evidence among what was last applied does not fetch their templates.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical
from bootstrap.model.per_object import PerObject
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.baseline.body import resources_of, stacks_of
from bootstrap.resources.baseline.stack import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Body, Ids, Json
    from bootstrap.resources.baseline.reads import LiveStack


def digests(ids: Ids) -> PerObject[str]:
    """The digest of a resource of a template as it is deployed; empty while an AWS id in it is not known."""

    def digest(item: Json) -> str:
        return "" if ids.missing(item) else hashlib.sha256(canonical(ids.fill(item)).encode()).hexdigest()

    return PerObject(digest)


def is_as_deployed(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> bool:
    """Whether these stacks were last changed when this very template was deployed: then it need not be fetched."""
    evidence, known = _evidence(wanted, live, digest), context.last_applied
    if evidence is None or known is None or not known.holds(evidence):
        return False
    context.evidence[evidence.address] = evidence
    return True


def note(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> None:
    """Note for the next plan that the stacks hold what is wanted."""
    if evidence := _evidence(wanted, live, digest):
        context.evidence[evidence.address] = evidence


def _evidence(wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> Resource | None:
    """None if a stack is not complete, or an id in its template is not known yet."""
    resources = {key: digest(item) for key, item in resources_of(wanted).items()}
    if not all(resources.values()) or any(found.status not in COMPLETE for found in live.values()):
        return None
    body: Body = {
        "stacks": {name: [found.id, found.updated] for name, found in sorted(live.items())},
        "descriptions": stacks_of(wanted),
        "resources": resources,
    }
    return Resource(Address("deployed", wanted.address.name), body)
