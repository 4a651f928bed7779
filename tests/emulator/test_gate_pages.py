"""Pages of at most twenty items, and empty pages with a NextToken.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html: "can occasionally return an empty
set of results even when there are more results available".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization, Refused


def pages(organization: Organization) -> list[dict[str, Any]]:
    found = organization.api.get_paginator("list_organizational_units_for_parent").paginate(ParentId=organization.root)
    return list(found)


def test_an_empty_page_leads_to_the_items(emulator: Emulator, organization: Organization) -> None:
    made = [organization.ou(f"unit-{number}") for number in range(45)]
    for skip in (0, 2):  # before the first, and before the second
        emulator.fail_next("organizations.List*", fault="empty_page", skip=skip)
    found = pages(organization)
    assert [len(page["OrganizationalUnits"]) for page in found] == [0, 20, 0, 20, 5]
    assert [unit["Id"] for page in found for unit in page["OrganizationalUnits"]] == made
    assert "NextToken" not in found[-1]
    assert [call.outcome for call in emulator.calls()][-5:] == ["empty_page", "ok", "empty_page", "ok", "ok"]


def test_empty_pages_may_follow_each_other(emulator: Emulator, organization: Organization) -> None:
    organization.ou("one")
    emulator.fail_next("organizations.List*", fault="empty_page", times=3)
    assert [len(page["OrganizationalUnits"]) for page in pages(organization)] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("list_roots", "Roots"),
        ("list_accounts", "Accounts"),
        ("list_aws_service_access_for_organization", "EnabledServicePrincipals"),
        ("list_create_account_status", "CreateAccountStatuses"),
        ("list_delegated_administrators", "DelegatedAdministrators"),
    ],
)
def test_every_list_of_organizations_may_begin_with_an_empty_page(
    emulator: Emulator, organization: Organization, operation: str, member: str
) -> None:
    listed = getattr(organization.api, operation)
    whole = listed()[member]
    emulator.fail_next("organizations.List*", fault="empty_page")
    empty = listed()
    assert empty[member] == []
    assert listed(NextToken=empty["NextToken"])[member] == whole


def test_an_error_is_not_turned_into_an_empty_page(emulator: Emulator, aws: Aws, refused: Refused) -> None:
    emulator.fail_next("organizations.List*", fault="empty_page")
    with refused("AWSOrganizationsNotInUseException"):
        aws("organizations").list_roots()
    assert emulator.calls()[-1].outcome == "AWSOrganizationsNotInUseException"


def test_other_services_have_no_empty_pages(emulator: Emulator, aws: Aws) -> None:
    planned = emulator.fail_next("*", fault="empty_page")
    aws("iam").list_users()
    assert planned.struck == 0
