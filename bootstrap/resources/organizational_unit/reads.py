"""Organizational units as Organizations reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.model.names import ROOT
from bootstrap.resources.organization.reads import organization, root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory


@dataclass(frozen=True, slots=True)
class LiveOu:
    """One organizational unit; the root is one of path `Root`."""

    path: str
    id: str
    arn: str


def ous(inventory: Inventory) -> Mapping[str, LiveOu]:
    """Every OU by its path, including the root: at least a page for each."""
    if inventory.read(organization) is None:
        return {}
    top = inventory.read(root)
    found = {ROOT: LiveOu(ROOT, top["Id"], top["Arn"])}
    parents = [found[ROOT]]
    while parents:
        children = [ou for page in inventory.aws.each(lambda ou: _children(inventory.aws, ou), parents) for ou in page]
        found.update((ou.path, ou) for ou in children)
        parents = children
    return found


def _children(aws: AwsApi, parent: LiveOu) -> list[LiveOu]:
    found = aws.pages("organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent.id)
    return [LiveOu(_path(parent.path, ou["Name"]), ou["Id"], ou["Arn"]) for ou in found]


def _path(parent: str, name: str) -> str:
    """The path of an OU. Its name may contain any character, and must not be read as a path or as the root.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    name = name.replace("/", "\\u002f")
    if parent == ROOT:
        return name if name != ROOT else f"\\u{ord(name[0]):04x}{name[1:]}"
    return f"{parent}/{name}"
