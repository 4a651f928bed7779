"""Accounts with delays. The tests move the clock themselves, so that none waits or is late."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session

from bootstrap.emulator import options
from bootstrap.emulator.failures import account_failure
from bootstrap.emulator.organizations import accounts
from tests.emulator.conftest import Organization

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Refused

# As the API model has them, and not as the emulator does.
REASONS = Session().get_service_model("organizations").shape_for("CreateAccountFailureReason").enum
PROFILE = """
account_quota = 8
accounts_in_creation = 5
[delays_s]
organization_finalizing = [3000, 3000]
account_creation = [100, 100]
account_usable = [1000, 1000]
account_closing = [500, 500]
"""
pytestmark = pytest.mark.emulator(profile=PROFILE)


@pytest.fixture
def organization(aws: Aws, emulator: Emulator) -> Organization:
    made = Organization(aws)
    emulator.advance(3000)
    return made


def begin(organization: Organization, name: str) -> str:
    asked = organization.api.create_account(Email=f"{name}@example.org", AccountName=name)
    return asked["CreateAccountStatus"]["Id"]


def made(organization: Organization, emulator: Emulator, name: str, usable_after: float = 1000) -> str:
    request = begin(organization, name)
    emulator.advance(100)
    account = organization.status(request)["AccountId"]
    emulator.advance(usable_after)
    return account


def described(organization: Organization, account: str) -> Any:
    found = organization.api.describe_account(AccountId=account)["Account"]
    return found["State"], found["Status"]


def test_a_new_organization_refuses_to_create_accounts_at_first(aws: Aws, emulator: Emulator, refused: Refused) -> None:
    """API model, FinalizingOrganizationException: "hasn't finished initializing. This can take up to an hour"."""
    organization = Organization(aws)
    with refused("FinalizingOrganizationException"):
        begin(organization, "a")
    emulator.advance(3000)
    assert begin(organization, "a")


def test_a_creation_is_in_progress_for_its_delay_whatever_the_polls(
    organization: Organization, emulator: Emulator
) -> None:
    """API model, CreateAccount: "an asynchronous request that AWS performs in the background"."""
    request = begin(organization, "a")
    assert {organization.status(request)["State"] for _ in range(5)} == {"IN_PROGRESS"}
    emulator.advance(100)
    assert organization.status(request)["State"] == "SUCCEEDED"


def test_a_creation_ends_without_a_poll(organization: Organization, emulator: Emulator) -> None:
    begin(organization, "lost")
    emails = [each["Email"] for each in organization.api.list_accounts()["Accounts"]]
    assert "lost@example.org" not in emails
    emulator.advance(100)
    emails = [each["Email"] for each in organization.api.list_accounts()["Accounts"]]
    assert "lost@example.org" in emails


def test_five_accounts_at_most_are_in_progress(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html."""
    for number in range(5):
        begin(organization, f"a{number}")
    with refused("ConstraintViolationException", "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"):
        begin(organization, "a5")
    emulator.advance(100)
    assert begin(organization, "a5")


def test_the_quota_counts_every_account_closed_ones_too(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """API model, ACCOUNT_NUMBER_LIMIT_EXCEEDED: "Deleted and closed accounts still count toward your limit"."""
    accounts = [made(organization, emulator, f"a{number}") for number in range(6)]
    begin(organization, "a6")
    with refused("ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"):
        begin(organization, "a7")
    organization.api.close_account(AccountId=accounts[0])
    emulator.advance(500)
    with refused("ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"):
        begin(organization, "a7")


def test_a_failing_creation_has_the_same_delay(organization: Organization, emulator: Emulator) -> None:
    made(organization, emulator, "a")
    request = begin(organization, "a")
    assert organization.status(request)["State"] == "IN_PROGRESS"
    emulator.advance(100)
    done = organization.status(request)
    assert (done["State"], done["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


@pytest.mark.parametrize("reason", REASONS)
def test_a_planned_failure_of_a_creation_happens_once(
    organization: Organization, emulator: Emulator, reason: str
) -> None:
    """API model, CreateAccountFailureReason."""
    emulator.fail_account(reason, email="A@example.org")
    other, first = begin(organization, "other"), begin(organization, "a")
    emulator.advance(100)
    assert organization.status(other)["State"] == "SUCCEEDED"
    assert organization.status(first)["FailureReason"] == reason
    assert made(organization, emulator, "a")


def test_an_undocumented_failure_reason_is_an_error(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="INVALID_ADDRESS"):
        emulator.fail_account("BAD_LUCK")


def test_a_reset_drops_planned_failures_and_operations_in_progress(emulator: Emulator, aws: Aws) -> None:
    begun = Organization(aws)
    emulator.advance(3000)
    begin(begun, "lost")
    emulator.fail_account("INTERNAL_FAILURE")
    emulator.reset()
    organization = Organization(aws)
    emulator.advance(3000)
    assert made(organization, emulator, "a")
    assert len(organization.api.list_accounts()["Accounts"]) == 2


def test_a_reset_plans_the_failures_of_the_profile_again(
    emulator: Emulator, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (account_failure("INTERNAL_FAILURE", email="a@example.org"),)
    monkeypatch.setattr(options.CURRENT, "profile", replace(options.CURRENT.profile, failures=asked))
    for _ in range(2):
        emulator.reset()
        organization = Organization(aws)
        emulator.advance(3000)
        request = begin(organization, "a")
        emulator.advance(100)
        assert organization.status(request)["FailureReason"] == "INTERNAL_FAILURE"


def test_an_organization_can_be_deleted_during_the_creation_of_an_account(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    begin(organization, "a")
    organization.api.delete_organization()
    emulator.advance(100)
    with refused("AWSOrganizationsNotInUseException"):
        organization.api.list_accounts()


def test_a_new_account_is_pending_activation_while_its_status_is_active(
    organization: Organization, emulator: Emulator
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html."""
    account = made(organization, emulator, "a", usable_after=0)
    assert described(organization, account) == ("PENDING_ACTIVATION", "ACTIVE")
    emulator.advance(1000)
    assert described(organization, account) == ("ACTIVE", "ACTIVE")


def test_no_role_of_a_new_account_can_be_assumed_at_first(
    aws: Aws, organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """API model, CreateAccount: "You might need to wait a few minutes before you can successfully access the...".

    https://github.com/hashicorp/terraform-provider-aws/issues/15654
    """
    account = made(organization, emulator, "a", usable_after=0)
    with refused("AccessDenied"):
        aws("iam", account)
    emulator.advance(500)
    assert aws("sts", account).get_caller_identity()["Account"] == account


def test_services_of_the_query_protocol_refuse_a_new_account_at_first(
    aws: Aws, organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """API reference of CloudFormation, "Common errors": OptInRequired, HTTP 403."""
    stacks = aws("cloudformation", made(organization, emulator, "a", usable_after=500))
    with pytest.raises(stacks.exceptions.ClientError) as caught:
        stacks.describe_stacks()
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("OptInRequired", 403)
    with refused("OptInRequired", match="needs a subscription"):
        stacks.create_stack(StackName="s", TemplateBody="{}")
    emulator.advance(500)
    assert stacks.describe_stacks()["Stacks"] == []


def test_services_of_the_json_protocol_refuse_a_new_account_at_first(
    aws: Aws, organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """https://github.com/awslabs/aws-deployment-framework/issues/243."""
    secrets = aws("secretsmanager", made(organization, emulator, "a", usable_after=500))
    with refused("SubscriptionRequiredException", match="needs a subscription"):
        secrets.list_secrets()
    emulator.advance(500)
    assert secrets.list_secrets()["SecretList"] == []


def test_an_account_is_pending_closure_for_its_delay(organization: Organization, emulator: Emulator) -> None:
    """API model, CloseAccount: PENDING_CLOSURE "while the close account request is in progress"."""
    account = made(organization, emulator, "a")
    organization.api.close_account(AccountId=account)
    told = {described(organization, account) for _ in range(5)}
    assert told == {("PENDING_CLOSURE", "PENDING_CLOSURE")}
    emulator.advance(500)
    assert described(organization, account) == ("CLOSED", "SUSPENDED")


def test_three_accounts_at_most_are_closed_at_a_time(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """API model, CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED; limits page: 3."""
    accounts = [made(organization, emulator, f"a{number}") for number in range(4)]
    for account in accounts[:3]:
        organization.api.close_account(AccountId=account)
    with refused("ConstraintViolationException", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"):
        organization.api.close_account(AccountId=accounts[3])
    emulator.advance(500)
    organization.api.close_account(AccountId=accounts[3])


def test_closings_in_thirty_days_have_a_quota(
    organization: Organization, emulator: Emulator, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    """API model, CLOSE_ACCOUNT_QUOTA_EXCEEDED: "for the past 30 days"; 250 of them would take a test too long."""
    assert [accounts.closings_in_30_days(each) for each in (1, 2_000, 9_000)] == [250, 400, 1_000]
    monkeypatch.setattr(accounts, "closings_in_30_days", lambda _members: 1)
    first, second = (made(organization, emulator, name) for name in "ab")
    organization.api.close_account(AccountId=first)
    with refused("ConstraintViolationException", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"):
        organization.api.close_account(AccountId=second)
    emulator.advance(30 * 86_400)
    organization.api.close_account(AccountId=second)
