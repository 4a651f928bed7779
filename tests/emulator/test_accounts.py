"""Accounts: created slowly, listed in pages, closed slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused

MANAGEMENT = "123456789012"


def test_a_creation_is_in_progress_and_has_no_account_id_until_it_succeeds(organization: Organization) -> None:
    """API model, CreateAccountStatus: AccountId "if the account was created successfully"."""
    request = organization.api.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]
    assert request["State"] == "IN_PROGRESS"
    assert "AccountId" not in request
    first = organization.status(request["Id"])
    assert first["State"] == "IN_PROGRESS"
    assert "AccountId" not in first
    second = organization.status(request["Id"])
    assert second["State"] == "SUCCEEDED"
    parents = organization.api.list_parents(ChildId=second["AccountId"])["Parents"]
    assert parents == [{"Id": organization.root, "Type": "ROOT"}]


def test_list_accounts_completes_a_creation_without_a_status_poll(organization: Organization) -> None:
    """AWS continues when the client has crashed; the next run finds the account by its e-mail address."""
    organization.api.create_account(Email="lost@example.org", AccountName="lost")
    seen = [[account["Email"] for account in organization.api.list_accounts()["Accounts"]] for _ in range(3)]
    assert "lost@example.org" not in seen[0]
    assert "lost@example.org" in seen[-1]


@pytest.mark.parametrize("email", ["taken@example.org", "TAKEN@example.org", "master@example.com"])
def test_a_creation_fails_for_the_email_of_another_account(organization: Organization, email: str) -> None:
    """FailureReason EMAIL_ALREADY_EXISTS; the addresses of all AWS accounts differ, without regard to case."""
    organization.account("taken")
    request = organization.api.create_account(Email=email, AccountName="again")["CreateAccountStatus"]
    assert request["State"] == "IN_PROGRESS"
    organization.status(request["Id"])
    done = organization.status(request["Id"])
    assert (done["State"], done["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    assert "AccountId" not in done


def test_a_closed_account_keeps_its_email(organization: Organization) -> None:
    """https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html."""
    organization.api.close_account(AccountId=organization.account("gone"))
    request = organization.api.create_account(Email="gone@example.org", AccountName="new")
    for _ in range(2):
        done = organization.status(request["CreateAccountStatus"]["Id"])
    assert done["FailureReason"] == "EMAIL_ALREADY_EXISTS"


def test_the_same_request_twice_is_a_concurrent_modification(organization: Organization) -> None:
    """FailureReason CONCURRENT_ACCOUNT_MODIFICATION: "You already submitted a request with the same..."."""
    requests = [
        organization.api.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]["Id"]
        for _ in range(2)
    ]
    for _ in range(2):
        done = [organization.status(each) for each in requests]
    assert done[0]["State"] == "SUCCEEDED"
    assert done[1]["FailureReason"] == "CONCURRENT_ACCOUNT_MODIFICATION"


@pytest.mark.parametrize(
    "email",
    [
        "no-at.example.org",
        "two@at@example.org",
        ".dot@example.org",
        "a b@example.org",
        "a,b@example.org",
        "a%b@example.org",
        "aé@example.org",
        "a@nodot",
        "a@-example.org",
        "a@example.org-",
        "a@exa_mple.org",
        "x" * 60 + "@example.org",
    ],
)
def test_a_creation_fails_for_an_invalid_email(organization: Organization, email: str) -> None:
    """API model, CreateAccountRequest.Email, "The rules for a valid email address"."""
    request = organization.api.create_account(Email=email, AccountName="a")["CreateAccountStatus"]["Id"]
    for _ in range(2):
        done = organization.status(request)
    assert (done["State"], done.get("FailureReason")) == ("FAILED", "INVALID_EMAIL")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"AccountName": "x" * 51}, "MAX_LENGTH_EXCEEDED"),
        ({"AccountName": "aé"}, "INVALID_PATTERN"),
        ({"RoleName": "two words"}, "INVALID_ROLE_NAME"),
        ({"RoleName": "AWSServiceRoleForX"}, "INVALID_ROLE_NAME"),
    ],
)
def test_an_invalid_account_name_is_an_error(
    organization: Organization, refused: Refused, more: dict[str, str], reason: str
) -> None:
    """API model, CreateAccountName, RoleName and InvalidInputException."""
    with refused("InvalidInputException", reason):
        organization.api.create_account(**{"Email": "a@example.org", "AccountName": "a", **more})


def test_plus_addresses_are_valid(organization: Organization) -> None:
    assert organization.account("team+alice")


def test_an_unknown_request_is_not_found(organization: Organization, refused: Refused) -> None:
    with refused("CreateAccountStatusNotFoundException"):
        organization.status("car-00000000000000000000000000000000")


def test_requests_are_listed_in_pages_and_by_state(organization: Organization) -> None:
    """API reference, ListCreateAccountStatus: pages of MaxResults, States as a filter."""
    ids = [organization.account(f"a{number}") for number in range(5)]
    organization.api.create_account(Email="a0@example.org", AccountName="twice")
    pages = organization.api.get_paginator("list_create_account_status").paginate(
        States=["SUCCEEDED"], PaginationConfig={"PageSize": 2}
    )
    found = [each["AccountId"] for page in pages for each in page["CreateAccountStatuses"]]
    assert found == ids
    unfinished = organization.api.list_create_account_status(States=["IN_PROGRESS"])
    assert [each["AccountName"] for each in unfinished["CreateAccountStatuses"]] == ["twice"]


def test_a_page_has_twenty_accounts_or_max_results(organization: Organization, refused: Refused) -> None:
    """API model, MaxResults: 1 to 20."""
    for number in range(21):
        organization.account(f"a{number}")
    first = organization.api.list_accounts()
    assert len(first["Accounts"]) == 20
    rest = organization.api.list_accounts(NextToken=first["NextToken"])
    assert (len(rest["Accounts"]), rest.get("NextToken")) == (2, None)
    assert len(organization.api.list_accounts_for_parent(ParentId=organization.root)["Accounts"]) == 20
    with refused("InvalidInputException", "MAX_VALUE_EXCEEDED"):
        organization.api.list_accounts(MaxResults=21)


def test_tags_given_at_creation_are_kept(organization: Organization) -> None:
    account = organization.account("alice", Tags=[{"Key": "team", "Value": "blue"}])
    tags = organization.api.list_tags_for_resource(ResourceId=account)["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_a_bad_tag_refuses_the_whole_request(organization: Organization, refused: Refused) -> None:
    """API reference, CreateAccount, Tags: "If any one of the tags is not valid, the entire request fails"."""
    with refused("InvalidInputException"):
        organization.account("alice", Tags=[{"Key": "aws:mine", "Value": "x"}])
    assert len(organization.api.list_accounts()["Accounts"]) == 1


def test_the_access_role_administers_the_account_and_can_be_named(aws: Aws, organization: Organization) -> None:
    """API reference, CreateAccount, RoleName: "The role has administrator permissions"."""
    iam = aws("iam", organization.account("alice"))
    name = "OrganizationAccountAccessRole"
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policies[0])["PolicyDocument"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    named = organization.account("bob", RoleName="Access")
    role = f"arn:aws:iam::{named}:role/Access"
    identity = aws("sts").assume_role(RoleArn=role, RoleSessionName="test")["AssumedRoleUser"]["Arn"]
    assert identity == f"arn:aws:sts::{named}:assumed-role/Access/test"


def test_an_account_has_its_state_and_its_path(organization: Organization) -> None:
    """API model, Path: o-…/r-…/ou-…/123456789012/, as in aws:PrincipalOrgPaths."""
    account, ou = organization.account("alice"), organization.ou("a")
    inner = organization.ou("b", ou)
    organization.api.move_account(AccountId=account, SourceParentId=organization.root, DestinationParentId=inner)
    path = f"{organization.id}/{organization.root}/{ou}/{inner}/{account}/"
    answers = [
        organization.api.describe_account(AccountId=account)["Account"],
        organization.api.list_accounts_for_parent(ParentId=inner)["Accounts"][0],
        organization.api.list_accounts()["Accounts"][1],
    ]
    for answer in answers:
        assert (answer["State"], answer["Paths"]) == ("ACTIVE", [path])


def test_a_closing_account_is_pending_and_then_closed_and_suspended(
    organization: Organization, refused: Refused
) -> None:
    """API reference, CloseAccount: PENDING_CLOSURE; then State CLOSED and Status SUSPENDED."""
    account = organization.account("alice")
    organization.api.close_account(AccountId=account)
    first, second = (organization.api.describe_account(AccountId=account)["Account"] for _ in range(2))
    assert (first["State"], first["Status"]) == ("PENDING_CLOSURE", "PENDING_CLOSURE")
    assert (second["State"], second["Status"]) == ("CLOSED", "SUSPENDED")
    with refused("AccountAlreadyClosedException"):
        organization.api.close_account(AccountId=account)


def test_the_management_account_cannot_be_closed_and_an_unknown_one_is_not_found(
    organization: Organization, refused: Refused
) -> None:
    with refused("ConstraintViolationException", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT"):
        organization.api.close_account(AccountId=MANAGEMENT)
    with refused("AccountNotFoundException"):
        organization.api.close_account(AccountId="000000000000")
