"""The account service: renaming accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused

MANAGEMENT = "123456789012"


@pytest.fixture
def trusted(organization: Organization) -> Any:
    organization.api.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    return organization


def test_the_management_account_renames_a_member_and_organizations_shows_it(aws: Aws, trusted: Organization) -> None:
    """API reference, PutAccountName."""
    account = trusted.account("alice")
    aws("account").put_account_name(AccountId=account, AccountName="Alice & co")
    names = {each["Id"]: each["Name"] for each in trusted.api.list_accounts()["Accounts"]}
    assert names[account] == "Alice & co"
    told = aws("account").get_account_information(AccountId=account)
    assert (told["AccountId"], told["AccountName"], told["AccountState"]) == (account, "Alice & co", "ACTIVE")


def test_the_management_account_leaves_its_own_id_out(aws: Aws, trusted: Organization, refused: Refused) -> None:
    """API model, AccountId: "The management account can't specify its own AccountId"."""
    with refused("AccessDeniedException"):
        aws("account").put_account_name(AccountId=MANAGEMENT, AccountName="root")
    aws("account").put_account_name(AccountName="payer")
    described = trusted.api.describe_account(AccountId=MANAGEMENT)["Account"]
    assert described["Name"] == "payer"


def test_a_member_renames_itself_and_nobody_else(aws: Aws, trusted: Organization, refused: Refused) -> None:
    alice, bob = trusted.account("alice"), trusted.account("bob")
    client = aws("account", alice)
    client.put_account_name(AccountName="me")
    assert trusted.api.describe_account(AccountId=alice)["Account"]["Name"] == "me"
    with refused("AccessDeniedException"):
        client.put_account_name(AccountId=bob, AccountName="mine")


def test_trusted_access_is_needed_for_another_account(aws: Aws, organization: Organization, refused: Refused) -> None:
    """API model, AccountId: "trusted access enabled for the Account Management service"."""
    account = organization.account("alice")
    with refused("AccessDeniedException", match="account.amazonaws.com"):
        aws("account").put_account_name(AccountId=account, AccountName="new")


@pytest.mark.parametrize("name", ["a<b", "a>b", "tab\t", "é", "x" * 51])
def test_a_name_against_the_pattern_is_refused(aws: Aws, trusted: Organization, name: str, refused: Refused) -> None:
    """API model, AccountName: [ -;=?-~]{1,50}, which leaves out < and >."""
    account = trusted.account("alice")
    with refused("ValidationException"):
        aws("account").put_account_name(AccountId=account, AccountName=name)


def test_an_account_outside_the_organization_is_denied(aws: Aws, trusted: Organization, refused: Refused) -> None:
    assert trusted.id
    with refused("AccessDeniedException"):
        aws("account").put_account_name(AccountId="999999999999", AccountName="theirs")
