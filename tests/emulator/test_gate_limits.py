"""Rate limits: a token bucket for the calling account, and one for the organization."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bootstrap.emulator.gate.buckets import Buckets
from bootstrap.emulator.gate.gate import Arrival
from bootstrap.emulator.gate.request import Protocol, Request
from bootstrap.emulator.profile import Limit, Rate, read_profile
from tests.emulator.conftest import code_and_status

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization

PROFILE = """
limits = [
  { account = [0.001, 2], actions = [
    "organizations.CreateOrganizationalUnit", "organizations.DeleteOrganizationalUnit",
  ] },
  { actions = ["organizations.DescribeOrganization"], account = [0.001, 2], organization = [0.001, 3] },
  { actions = ["organizations.ListRoots"], account = [20, 1] },
  { actions = ["iam.ListRoles"], account = [0, 4000] },
  { actions = ["sts.GetCallerIdentity", "iam.ListUsers", "cloudformation.ListStacks"], account = [0, 0] },
  { actions = ["account.GetAccountInformation", "budgets.DescribeBudgets"], account = [0, 0] },
  { actions = ["resourcegroupstaggingapi.GetResources", "secretsmanager.ListSecrets"], account = [0, 0] },
]
"""
pytestmark = pytest.mark.emulator(profile=PROFILE)


@pytest.mark.parametrize(
    ("method", "parameters", "answer"),
    [
        ("sts.get_caller_identity", {}, ("Throttling", 400)),
        ("iam.list_users", {}, ("Throttling", 400)),
        ("cloudformation.list_stacks", {}, ("Throttling", 400)),
        ("account.get_account_information", {}, ("TooManyRequestsException", 429)),
        ("budgets.describe_budgets", {"AccountId": "123456789012"}, ("ThrottlingException", 400)),
        ("resourcegroupstaggingapi.get_resources", {}, ("ThrottledException", 400)),
        ("secretsmanager.list_secrets", {}, ("ThrottlingException", 400)),
    ],
)
def test_each_service_has_its_own_throttling_error(
    aws: Aws, method: str, parameters: dict[str, Any], answer: tuple[str, int]
) -> None:
    """The services' API models and https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html."""
    with pytest.raises(ClientError) as caught:
        aws.call(method, **parameters)
    assert code_and_status(caught.value) == answer
    assert caught.value.response["Error"]["Message"]


def test_a_call_over_the_burst_has_no_effect(emulator: Emulator, organization: Organization) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, throttling limits."""
    first, _ = organization.ou("one"), organization.ou("two")
    with pytest.raises(ClientError) as caught:
        organization.ou("three")
    assert code_and_status(caught.value) == ("TooManyRequestsException", 400)
    assert "You have sent too many requests in too short a period of time." in str(caught.value)
    with pytest.raises(ClientError, match="TooManyRequests"):  # actions in one row share the bucket
        organization.api.delete_organizational_unit(OrganizationalUnitId=first)
    ous = organization.api.list_organizational_units_for_parent(ParentId=organization.root)["OrganizationalUnits"]
    assert {ou["Name"] for ou in ous} == {"one", "two"}
    refused = [call for call in emulator.calls() if call.outcome == "throttled"]
    assert [(call.action, call.status, call.effect) for call in refused] == [
        ("organizations.CreateOrganizationalUnit", 400, False),
        ("organizations.DeleteOrganizationalUnit", 400, False),
    ]


def test_accounts_have_a_bucket_each_and_one_for_the_organization(aws: Aws, organization: Organization) -> None:
    """Same page: "per account" and "per organization"."""
    alice = aws("organizations", organization.account("alice"))
    for api in (organization.api, organization.api, alice):
        api.describe_organization()
    with pytest.raises(ClientError, match="TooManyRequests"):
        alice.describe_organization()


def test_a_bucket_fills_again_at_its_rate(emulator: Emulator, organization: Organization) -> None:
    """Twenty a second: a client that calls all the time gets as many answers, and no more."""
    asked = 0
    began = emulator.calls()[-1].at
    answered: list[float] = []
    while len(answered) < 5:
        asked += 1
        try:
            organization.api.list_roots()
        except ClientError:
            continue
        answered.append(emulator.calls()[-1].at)
    assert asked > 5
    assert answered[-1] - began >= 4.99 / 20


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    buckets = Buckets([Limit(("a.B",), account=Rate(2, 3))])
    took = [buckets.take("a.B", "1", "1", now) for now in (0, 0, 0, 0, 0.5, 0.5, 100, 100, 100, 100)]
    assert took == [True, True, True, False, True, False, True, True, True, False]


def test_an_empty_bucket_of_the_organization_costs_the_account_nothing() -> None:
    buckets = Buckets([Limit(("a.B",), account=Rate(1, 2), organization=Rate(1, 1))])
    assert buckets.take("a.B", "1", "o", 0)
    assert not buckets.take("a.B", "2", "o", 0)
    assert [buckets.take("a.B", "2", other, 0) for other in "pqr"] == [True, True, False]


def test_a_row_for_a_service_limits_actions_without_a_row() -> None:
    """Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html."""
    buckets = Buckets([Limit(("a.*",), account=Rate(1, 2)), Limit(("a.C",), account=Rate(1, 1))])
    took = [buckets.take(action, "1", "o", 0) for action in ("a.A", "a.C", "a.B", "a.A", "b.A")]
    assert took == [True, True, True, False, True]


@pytest.mark.usefixtures("impatient")
def test_many_threads_get_exactly_the_burst(emulator: Emulator) -> None:
    session = emulator._running_listener().gate.session
    request = Request("iam", "ListRoles", Protocol.QUERY, "us-east-1", "testing", session=False, signed_at="")

    def work(_: int) -> int:
        return sum(session.decide(Arrival(request, "123456789012", 0.0)).fault is None for _ in range(500))

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(work, range(16))) == 4000


@pytest.mark.parametrize("name", ["real", "storm"])
def test_the_profiles_have_the_rates_that_aws_publishes(name: str) -> None:
    """Some rows of the table, typed again."""
    limits = {action: limit for limit in read_profile(name).limits for action in limit.actions}
    assert limits["organizations.CreateAccount"][1:] == ((0.1, 3), None)
    assert limits["organizations.DescribeAccount"][1:] == ((20, 30), (24, 36))
    assert limits["organizations.ListRoots"][1:] == ((1, 2), (1, 3))
    assert limits["organizations.AttachPolicy"][1:] == ((2, 3), None)
    assert limits["account.PutAccountName"][1:] == ((1, 1), None)
