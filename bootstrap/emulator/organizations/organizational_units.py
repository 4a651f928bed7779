"""Organizational units, and the place of accounts in their tree."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from moto.organizations import models

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations import policies
from bootstrap.emulator.organizations.operation import operation, page_of
from bootstrap.emulator.organizations.state import (
    OU_ID,
    account_of,
    constraint,
    error,
    find_account,
    find_parent,
    invalid,
    organization_of,
    parent_of,
    path_of,
)
from bootstrap.emulator.organizations.tags import checked_tags

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import State, Target

OU_DEPTH = 5  # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html


@operation("create_organizational_unit")
def create_organizational_unit(state: State, request: Request) -> Answer:
    parent = parent_of(state, request["ParentId"])
    _check_name_is_free(state, parent.id, request["Name"])
    if _depth(state, parent) >= OU_DEPTH:
        # Limits page: "OUs can be nested five levels deep under the root".
        raise constraint("OU_DEPTH_LIMIT_EXCEEDED", "You attempted to create an OU tree that is too many levels deep.")
    tags = checked_tags({}, request.get("Tags", []))
    ou: Target = models.FakeOrganizationalUnit(organization_of(state), **request)
    ou.tags = tags
    state.ou.append(ou)
    policies.attach_full_access(state, [ou], policies.enabled_types(state))
    return {"OrganizationalUnit": _described(state, ou)}


@operation("describe_organizational_unit")
def describe_organizational_unit(state: State, request: Request) -> Answer:
    return {"OrganizationalUnit": _described(state, _requested_ou(state, request))}


@operation("update_organizational_unit")
def update_organizational_unit(state: State, request: Request) -> Answer:
    """Rename an OU. Names are unique among siblings only: "within the parent" in the user guide."""
    ou = _requested_ou(state, request)
    name = request.get("Name", ou.name)
    if name != ou.name:
        _check_name_is_free(state, ou.parent_id, name)
    ou.name = name
    return {"OrganizationalUnit": _described(state, ou)}


@operation("delete_organizational_unit")
def delete_organizational_unit(state: State, request: Request) -> Answer:
    ou = _requested_ou(state, request)
    if any(child.parent_id == ou.id for child in [*state.ou, *state.accounts]):
        message = (
            "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
            "child OUs, and try the operation again."
        )
        raise error("OrganizationalUnitNotEmptyException", message)
    for policy in ou.attached_policies:
        policy.attachments.remove(ou)
    state.ou.remove(ou)
    return None


@operation("list_organizational_units_for_parent")
def list_organizational_units_for_parent(state: State, request: Request) -> Answer:
    parent = parent_of(state, request["ParentId"])
    found = [ou for ou in state.ou if ou.parent_id == parent.id]
    return page_of("OrganizationalUnits", found, partial(_described, state), request)


@operation("list_parents")
def list_parents(state: State, request: Request) -> Answer:
    child = find_account(state, request["ChildId"]) or find_parent(state, request["ChildId"])
    if child is None or child.parent_id is None:
        message = "We can't find an organizational unit or account with the ChildId that you specified."
        raise error("ChildNotFoundException", message)
    parent = parent_of(state, child.parent_id)
    return {"Parents": [{"Id": parent.id, "Type": parent.type}]}


@operation("list_children")
def list_children(state: State, request: Request) -> Answer:
    parent = parent_of(state, request["ParentId"])
    children: dict[str, list[Target]] = {"ACCOUNT": [*state.accounts], "ORGANIZATIONAL_UNIT": state.ou}
    if request["ChildType"] not in children:
        raise invalid("INVALID_ENUM", "You specified an invalid child type.")
    found = [child for child in children[request["ChildType"]] if child.parent_id == parent.id]
    return page_of("Children", found, lambda child: {"Id": child.id, "Type": request["ChildType"]}, request)


@operation("move_account")
def move_account(state: State, request: Request) -> Answer:
    account = account_of(state, request["AccountId"])
    destination = find_parent(state, request["DestinationParentId"])
    if destination is None:
        message = "We can't find the destination container (a root or OU) that you specified."
        raise error("DestinationParentNotFoundException", message)
    if account.parent_id == destination.id:
        raise error("DuplicateAccountException", "That account is already present in the specified destination.")
    if account.parent_id != request["SourceParentId"]:
        message = "We can't find a source root or OU with the ParentId that you specified."
        raise error("SourceParentNotFoundException", message)
    account.parent_id = destination.id
    return None


def _requested_ou(state: State, request: Request) -> Target:
    ou_id = request["OrganizationalUnitId"]
    if not OU_ID.fullmatch(ou_id):
        raise invalid("INVALID_PATTERN", "You provided an OU id that does not match the required pattern.")
    ou = find_parent(state, ou_id)
    if ou is None:
        message = "We can't find an OU with the OrganizationalUnitId that you specified."
        raise error("OrganizationalUnitNotFoundException", message)
    return ou


def _check_name_is_free(state: State, parent_id: str | None, name: str) -> None:
    if any(ou.parent_id == parent_id and ou.name == name for ou in state.ou):
        raise error("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


def _depth(state: State, ou: Target) -> int:
    """How many levels below the root this is."""
    depth = 0
    parent_id = ou.parent_id
    while parent_id is not None:
        depth += 1
        parent_id = parent_of(state, parent_id).parent_id
    return depth


def _described(state: State, ou: Target) -> dict[str, str]:
    described = {"Id": ou.id, "Arn": ou.arn, "Name": ou.name}
    if CURRENT.profile.paths:
        described["Path"] = path_of(state, ou)
    return described
