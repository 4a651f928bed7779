"""The contract of a resource type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from datetime import datetime

    from moto.iam.models import IAMBackend

Properties = dict[str, Any]

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class ResourceError(Exception):
    """A resource could not be created, changed or deleted. The message becomes its status reason."""


class Place(NamedTuple):
    """The account and the Region of a stack and its resources."""

    account_id: str
    region: str

    @property
    def partition(self) -> str:
        return str(get_partition(self.region))

    @property
    def iam(self) -> IAMBackend:
        return iam_backends[self.account_id][self.partition]


@dataclass
class Resource:
    """A resource of a stack, as CloudFormation last deployed it."""

    logical_id: str
    type_name: str
    properties: Properties
    physical_id: str
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    status: str = "CREATE_COMPLETE"
    changed: datetime = field(default_factory=utcnow)
    model: Any = None  # moto's object, if moto implements the type


class ResourceType(ABC):
    """How CloudFormation handles resources of one type, on moto's state of their service.

    A failure is a ResourceError or an exception of moto. It becomes the status reason of the resource.
    """

    name: ClassVar[str]
    properties: ClassVar[frozenset[str]]
    required: ClassVar[frozenset[str]] = frozenset()
    replaced_by: ClassVar[frozenset[str]] = frozenset()  # "Update requires: Replacement"
    named_by: ClassVar[str | None] = None
    identified_by: ClassVar[str | None] = None  # the primary identifier in the type's schema, if read-only
    attributes: ClassVar[frozenset[str]] = frozenset()
    takes_tags: ClassVar[bool] = True  # whether it gets the stack's tags

    @abstractmethod
    def create(self, place: Place, new: Resource) -> None:
        """Create it. Its physical id is its custom name or a generated one, until this method sets another."""

    @abstractmethod
    def update(self, place: Place, have: Resource, want: Properties) -> None:
        """Change it in place."""

    @abstractmethod
    def delete(self, place: Place, have: Resource) -> None:
        """Delete it. A missing resource is no failure."""

    def find(self, _place: Place, _name: str) -> str | None:
        """The physical id of the existing resource with this custom name, if it can be looked up."""
        return None

    def attribute(self, _place: Place, have: Resource, _name: str) -> Any:
        """The value of Fn::GetAtt."""
        return have.physical_id

    def check(self, want: Properties) -> None:
        """Raise ResourceError for properties that the type's schema does not allow."""
        unknown = want.keys() - self.properties
        missing = self.required - want.keys()
        if unknown:
            raise ResourceError(f"Properties validation failed: extraneous key [{min(unknown)}] is not permitted")
        if missing:
            raise ResourceError(f"Properties validation failed: required key [{min(missing)}] not found")

    def replaces(self, have: Properties, want: Properties) -> bool:
        return any(have.get(name) != want.get(name) for name in self.replaced_by)

    def custom_name(self, want: Properties) -> str | None:
        return want.get(self.named_by) if self.named_by else None


def generated_name(stack_name: str, logical_id: str) -> str:
    """STACK-LOGICAL-SUFFIX, of at most 64 characters, the limit of a role's name."""
    suffix = "".join(mock_random.choices(_SUFFIX, k=12))
    return f"{stack_name[:24]}-{logical_id[:24]}-{suffix}"
