"""The journal of a deployment: each resource it created or changed, so that a rollback can undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.resource_type import Resource


@dataclass(frozen=True)
class Made:
    """A resource that is new; imported ones existed before and are left alone on the way back."""

    resource: Resource
    imported: bool = False


@dataclass(frozen=True)
class Changed:
    """A resource that was changed in place, or at least half-way."""

    before: Resource
    after: Resource

    @property
    def resource(self) -> Resource:
        return self.before
