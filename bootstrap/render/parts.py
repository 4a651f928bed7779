"""The parts that a resource is shown in: each field, or each item of a field by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap.model.names import KEY_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Address, Json, Resource

_NAMING_FIELDS: Final = frozenset({"name", "policy", "target"})


class Part(NamedTuple):
    """A field of a body, or what `name` stands for in it: a statement, a resource of a template, a tag."""

    field: str
    name: str
    value: Json

    @property
    def label(self) -> str:
        return f"{self.field}.{self.name}" if self.name else self.field


def parts_of(resource: Resource) -> Iterator[Part]:
    for field, value in resource.body.items():
        if isinstance(value, Mapping):
            yield from (Part(field, name, part) for name, part in value.items())
        else:
            yield Part(field, "", value)


def repeats_address(part: Part, address: Address) -> bool:
    """Whether a part that names the resource says no more than the address: `attachment:region.limit@Workloads` has the
    policy and the target. It need not be shown.
    """
    is_name = part.field in _NAMING_FIELDS or part.name == KEY_TAG
    if not is_name or not isinstance(part.value, str):
        return False
    policy, _, target = address.name.rpartition("@")
    return part.value in {address.kind, address.name, policy} or part.value.partition(":")[2] == target != ""
