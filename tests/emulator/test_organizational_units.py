"""Organizational units, and moving accounts between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator.conftest import Organization, Refused


def test_a_name_is_unique_among_siblings_only(organization: Organization, refused: Refused) -> None:
    """API reference, CreateOrganizationalUnit: DuplicateOrganizationalUnitException."""
    first, second = organization.ou("a"), organization.ou("b")
    organization.ou("same", first)
    organization.ou("same", second)
    with refused("DuplicateOrganizationalUnitException"):
        organization.ou("same", first)


def test_a_rename_is_refused_only_for_the_name_of_a_sibling(organization: Organization, refused: Refused) -> None:
    first, second = organization.ou("a"), organization.ou("b")
    inner = organization.ou("inner", first)
    rename = organization.api.update_organizational_unit
    rename(OrganizationalUnitId=inner, Name="b")
    rename(OrganizationalUnitId=second, Name="b")
    with refused("DuplicateOrganizationalUnitException"):
        rename(OrganizationalUnitId=second, Name="a")


def test_a_sixth_level_is_refused(organization: Organization, refused: Refused) -> None:
    """Limits page: five levels deep under the root."""
    parent = None
    for level in range(5):
        parent = organization.ou(f"level-{level}", parent)
    with refused("ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED"):
        organization.ou("too deep", parent)


def test_an_unknown_parent_or_ou_is_not_found(organization: Organization, refused: Refused) -> None:
    nowhere = "ou-none-00000000"
    with refused("ParentNotFoundException"):
        organization.ou("lost", nowhere)
    with refused("ParentNotFoundException"):
        organization.api.list_accounts_for_parent(ParentId=nowhere)
    with refused("OrganizationalUnitNotFoundException"):
        organization.api.describe_organizational_unit(OrganizationalUnitId=nowhere)
    with refused("OrganizationalUnitNotFoundException"):
        organization.api.delete_organizational_unit(OrganizationalUnitId=nowhere)
    with refused("ChildNotFoundException"):
        organization.api.list_parents(ChildId=nowhere)


def test_only_an_empty_ou_can_be_deleted(organization: Organization, refused: Refused) -> None:
    """API reference, DeleteOrganizationalUnit: remove all accounts and child OUs first."""
    outer = organization.ou("outer")
    inner = organization.ou("inner", outer)
    account = organization.account("alice")
    organization.api.move_account(AccountId=account, SourceParentId=organization.root, DestinationParentId=inner)
    for unit in (outer, inner):
        with refused("OrganizationalUnitNotEmptyException"):
            organization.api.delete_organizational_unit(OrganizationalUnitId=unit)


def test_deleting_an_ou_detaches_its_policies(organization: Organization) -> None:
    unit, policy = organization.ou("unit"), organization.policy("mine")
    organization.api.attach_policy(PolicyId=policy, TargetId=unit)
    organization.api.delete_organizational_unit(OrganizationalUnitId=unit)
    organization.api.delete_policy(PolicyId=policy)


def test_an_ou_has_its_path_in_every_answer(organization: Organization) -> None:
    outer = organization.ou("outer")
    inner = organization.ou("inner", outer)
    path = f"{organization.id}/{organization.root}/{outer}/{inner}/"
    listed = organization.api.list_organizational_units_for_parent(ParentId=outer)["OrganizationalUnits"]
    described = organization.api.describe_organizational_unit(OrganizationalUnitId=inner)
    assert [listed[0]["Path"], described["OrganizationalUnit"]["Path"]] == [path, path]


def test_a_move_names_the_right_source_and_an_existing_destination(
    organization: Organization, refused: Refused
) -> None:
    """API reference, MoveAccount."""
    account, unit = organization.account("alice"), organization.ou("unit")

    def move(source: Any, destination: Any, account_id: Any = account) -> Any:
        organization.api.move_account(AccountId=account_id, SourceParentId=source, DestinationParentId=destination)

    with refused("SourceParentNotFoundException"):
        move("ou-none-00000000", unit)
    with refused("DestinationParentNotFoundException"):
        move(organization.root, "ou-none-00000000")
    with refused("DuplicateAccountException"):
        move(organization.root, organization.root)
    with refused("AccountNotFoundException"):
        move(organization.root, unit, "000000000000")
    move(organization.root, unit)
    children = organization.api.list_children(ParentId=unit, ChildType="ACCOUNT")["Children"]
    assert children == [{"Id": account, "Type": "ACCOUNT"}]


def test_ous_are_listed_in_pages_of_twenty(organization: Organization) -> None:
    for number in range(21):
        organization.ou(f"unit-{number}")
    listed = organization.api.list_organizational_units_for_parent
    first = listed(ParentId=organization.root)
    assert len(first["OrganizationalUnits"]) == 20
    assert len(listed(ParentId=organization.root, NextToken=first["NextToken"])["OrganizationalUnits"]) == 1
