"""The journal of a deployment: each resource it created or changed, so that a rollback can undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bootstrap.emulator.cloudformation.resource_type import Resource


@dataclass(frozen=True)
class Made:
    """A new resource. A rollback does not delete an imported one."""

    resource: Resource
    imported: bool = False


@dataclass(frozen=True)
class Changed:
    """A resource that was changed in place, perhaps only in part."""

    before: Resource
    after: Resource

    @property
    def resource(self) -> Resource:
        return self.before
