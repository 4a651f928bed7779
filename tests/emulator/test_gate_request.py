"""Parsing of requests in each of AWS's protocols."""

from __future__ import annotations

import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from tests.emulator.conftest import MANAGEMENT

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization


@pytest.mark.parametrize(
    ("method", "parameters", "seen"),
    [
        ("organizations.create_organization", {}, ("organizations.CreateOrganization", True)),
        ("organizations.list_roots", {}, ("organizations.ListRoots", False)),
        ("secretsmanager.create_secret", {"Name": "a"}, ("secretsmanager.CreateSecret", True)),
        ("budgets.describe_budgets", {"AccountId": MANAGEMENT}, ("budgets.DescribeBudgets", False)),
        ("resourcegroupstaggingapi.get_resources", {}, ("resourcegroupstaggingapi.GetResources", False)),
        ("ssm.put_parameter", {"Name": "a", "Value": "b", "Type": "String"}, ("ssm.PutParameter", True)),
        ("sts.get_caller_identity", {}, ("sts.GetCallerIdentity", False)),
        ("iam.create_user", {"UserName": "a"}, ("iam.CreateUser", True)),
        ("cloudformation.describe_stacks", {}, ("cloudformation.DescribeStacks", False)),
        ("account.put_account_name", {"AccountName": "a"}, ("account.PutAccountName", True)),
        ("account.get_account_information", {}, ("account.GetAccountInformation", False)),
    ],
)
def test_a_request_is_parsed_into_service_and_operation(
    emulator: Emulator, aws: Aws, method: str, parameters: dict[str, Any], seen: tuple[str, bool]
) -> None:
    """https://smithy.io/2.0/aws/protocols/index.html."""
    with suppress(ClientError):  # there is no organization; the call is parsed all the same
        aws.call(method, **parameters)
    (call,) = emulator.calls()
    assert (call.action, call.write) == seen
    assert (call.account, call.region) == (MANAGEMENT, "us-east-1")


def test_a_call_with_a_member_s_session_has_the_member_s_account(
    emulator: Emulator, aws: Aws, organization: Organization
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: a key says whose it is."""
    alice = organization.account("alice")
    aws("iam", alice).list_roles()
    called = {call.action: call.account for call in emulator.calls()}
    assert called["iam.ListRoles"] == alice
    assert called["sts.AssumeRole"] == MANAGEMENT


def test_an_unsigned_request_is_refused_and_not_recorded(emulator: Emulator) -> None:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html, MissingAuthenticationToken."""
    planned = emulator.fail_next("*", fault="server_error")
    with pytest.raises(HTTPError, match="403"):
        urllib.request.urlopen(f"{emulator.endpoint}/moto-api/")  # noqa: S310 (on loopback)
    assert (emulator.calls(), planned.struck) == ([], 0)
