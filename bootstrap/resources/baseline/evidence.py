"""Evidence that stacks hold what is wanted: when they last changed, and the digests of what was deployed.

A plan that finds the same evidence among what was last applied does not fetch their templates.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.baseline.body import resources_of, stacks_of
from bootstrap.resources.baseline.stack import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Body, Ids, Json
    from bootstrap.resources.baseline.reads import LiveStack


class Digests:
    """The digest of each resource of a template as it is deployed. Accounts share resources: each is walked once.

    By identity: an object is kept as long as its digest, so that its id stays its own.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[int, tuple[Json, str]] = {}

    def of(self, item: Json) -> str:
        """Empty while an AWS id in it is not known."""
        known = self._known.get(id(item))
        if known is None:
            filled = "" if self._ids.missing(item) else canonical(self._ids.fill(item))
            known = (item, hashlib.sha256(filled.encode()).hexdigest() if filled else "")
            self._known[id(item)] = known
        return known[1]


def is_as_deployed(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> bool:
    """Whether these stacks were last changed when this very template was deployed: then it need not be fetched."""
    evidence, known = _evidence(wanted, live, digests), context.last_applied
    if evidence is None or known is None or not known.holds(evidence):
        return False
    context.evidence[evidence.address] = evidence
    return True


def note(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> None:
    """Note for the next plan that the stacks hold what is wanted."""
    if evidence := _evidence(wanted, live, digests):
        context.evidence[evidence.address] = evidence


def _evidence(wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> Resource | None:
    """None if a stack is not complete, or an id in its template is not known yet."""
    resources = {key: digests.of(item) for key, item in resources_of(wanted).items()}
    if not all(resources.values()) or any(found.status not in COMPLETE for found in live.values()):
        return None
    body: Body = {
        "stacks": {name: [found.id, found.updated] for name, found in sorted(live.items())},
        "descriptions": stacks_of(wanted),
        "resources": resources,
    }
    return Resource(Address("deployed", wanted.address.name), body)
