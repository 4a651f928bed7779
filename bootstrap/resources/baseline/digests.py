"""The digest of each resource of a template as it is deployed. Accounts share resources, and each is walked once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical

if TYPE_CHECKING:
    from bootstrap.model.resource import Ids, Json


class Digests:
    """By identity: an object is kept as long as its digest, so that its id stays its own."""

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
