"""Each fault between a client and AWS, planned by a test."""

from __future__ import annotations

import socket
from contextlib import closing
from http import client as http
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from bootstrap.emulator import Emulator, Fault
from bootstrap.emulator.gate.gate import SLOW_S
from tests.emulator.conftest import code_and_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Aws, Organization

SPEED = 100.0
READS: dict[str, Callable[[Any], Any]] = {
    "iam": lambda api: api.list_users(),
    "secretsmanager": lambda api: api.list_secrets(),
    "account": lambda api: api.get_account_information(),
}
SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
pytestmark = pytest.mark.emulator(speed=SPEED)


def names(organization: Organization) -> list[str]:
    found = organization.api.list_organizational_units_for_parent(ParentId=organization.root)["OrganizationalUnits"]
    return [ou["Name"] for ou in found]


@pytest.mark.parametrize(
    ("method", "internal"),
    [
        ("organizations.describe_organization", "ServiceException"),
        ("account.get_account_information", "InternalServerException"),
        ("secretsmanager.list_secrets", "InternalServiceError"),
        ("resourcegroupstaggingapi.get_resources", "InternalServiceException"),
        ("iam.list_users", "ServiceFailure"),
        ("sts.get_caller_identity", "InternalFailure"),
        ("cloudformation.list_stacks", "InternalFailure"),
    ],
)
def test_a_server_error_is_a_500_or_a_503(emulator: Emulator, aws: Aws, method: str, internal: str) -> None:
    """Each service's API model, and https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html."""
    emulator.fail_next("*", fault="server_error", times=20)
    seen = set()
    for _ in range(20):
        with pytest.raises(ClientError) as caught:
            aws.call(method)
        seen.add(code_and_status(caught.value))
    assert seen == {(internal, 500), ("ServiceUnavailable", 503)}


def test_a_server_error_comes_before_any_effect(emulator: Emulator, organization: Organization) -> None:
    emulator.fail_next("organizations.CreateOrganizationalUnit", fault="server_error")
    with pytest.raises(ClientError):
        organization.ou("one")
    assert names(organization) == []
    organization.ou("one")


def test_a_reset_before_the_effect_leaves_no_effect(emulator: Emulator, organization: Organization) -> None:
    emulator.fail_next("organizations.CreateOrganizationalUnit", fault="reset_before")
    with pytest.raises(ConnectionClosedError):
        organization.ou("one")
    assert names(organization) == []


def test_a_reset_after_the_effect_leaves_the_effect(emulator: Emulator, organization: Organization) -> None:
    emulator.fail_next("organizations.CreateOrganizationalUnit", fault="reset_after")
    with pytest.raises(ConnectionClosedError):
        organization.ou("one")
    assert names(organization) == ["one"]
    with pytest.raises(ClientError, match="DuplicateOrganizationalUnitException"):
        organization.ou("one")


@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
def test_a_broken_connection_is_reset_and_does_not_just_end(emulator: Emulator, fault: str) -> None:
    emulator.fail_next("*", fault=fault)
    with closing(http.HTTPConnection(emulator.endpoint.removeprefix("http://"))) as connection:
        with pytest.raises(ConnectionResetError) as caught:
            ask(connection)
        assert caught.type is ConnectionResetError  # not its subclass RemoteDisconnected
        connection.close()
        assert ask(connection).status == 200


def ask(connection: http.HTTPConnection) -> http.HTTPResponse:
    form = {"Authorization": SIGNED, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/", "Action=ListUsers&Version=2010-05-08", form)
    answer = connection.getresponse()
    answer.read()
    return answer


def test_a_slow_answer_comes_after_the_read_timeout_and_has_taken_effect(
    emulator: Emulator, aws: Aws, organization: Organization
) -> None:
    """botocore's read_timeout is 60 s, https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html;
    this client's is shorter, as the emulator is faster.
    """
    assert SLOW_S > 60
    client = aws.client("organizations", read_timeout=20 / SPEED)
    emulator.fail_next("organizations.CreateOrganizationalUnit", fault="slow")
    with pytest.raises(ReadTimeoutError):
        client.create_organizational_unit(ParentId=organization.root, Name="one")
    assert names(organization) == ["one"]  # answered meanwhile
    assert [call.outcome for call in emulator.calls() if call.action.endswith("CreateOrganizationalUnit")] == ["slow"]


def test_a_concurrent_modification_strikes_writes_of_organizations(
    emulator: Emulator, aws: Aws, organization: Organization
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html, errors."""
    planned = emulator.fail_next("*", fault="concurrent_modification")
    names(organization)
    aws("iam").create_user(UserName="somebody")
    assert planned.struck == 0
    with pytest.raises(ClientError, match="currently being modified") as caught:
        organization.ou("one")
    assert caught.value.response["Error"]["Code"] == "ConcurrentModificationException"
    assert names(organization) == []


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("iam", ("ExpiredToken", 403)),
        ("secretsmanager", ("ExpiredTokenException", 400)),
        ("account", ("ExpiredTokenException", 403)),
    ],
)
def test_an_expired_token_strikes_calls_with_a_session_token(
    emulator: Emulator, aws: Aws, organization: Organization, service: str, answer: tuple[str, int]
) -> None:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html, ExpiredTokenException."""
    member = aws(service, organization.account("alice"))
    planned = emulator.fail_next("*", fault="expired_token")
    aws("iam").list_users()
    assert planned.struck == 0
    with pytest.raises(ClientError, match="The security token included in the request is expired") as caught:
        READS[service](member)
    assert code_and_status(caught.value) == answer


def test_throttling_can_be_planned(emulator: Emulator, aws: Aws) -> None:
    emulator.fail_next("sts.*", fault="throttled")
    with pytest.raises(ClientError, match="Throttling"):
        aws("sts").get_caller_identity()


def test_a_planned_fault_skips_calls_and_then_strikes_so_many(emulator: Emulator, aws: Aws) -> None:
    planned = emulator.fail_next("iam.*", fault="server_error", times=2, skip=1, writes=True)
    iam, outcomes = aws("iam"), []
    for number in range(5):
        iam.list_users()
        try:
            iam.create_user(UserName=f"user-{number}")
            outcomes.append(True)
        except ClientError:
            outcomes.append(False)
    assert outcomes == [True, False, False, True, True]
    assert planned.struck == 2


def test_each_planned_fault_counts_its_own_calls(emulator: Emulator, aws: Aws) -> None:
    for number in (0, 2):
        emulator.fail_next("*", fault="server_error", skip=number)
    emulator.fail_next("*", fault="throttled", skip=2)
    for _ in range(5):
        try:
            aws("iam").list_users()
        except ClientError:
            continue
    assert [call.outcome for call in emulator.calls()] == ["server_error", "ok", "server_error", "throttled", "ok"]


def test_a_reset_drops_planned_faults(emulator: Emulator, aws: Aws) -> None:
    emulator.fail_next("*", fault="server_error")
    emulator.reset()
    aws("iam").list_users()


def test_an_unknown_fault_is_an_error(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="meteor"):
        emulator.fail_next("*", fault="meteor")
    assert emulator.fail_next("*", Fault.SLOW).struck == 0


def test_a_stopped_emulator_takes_no_faults() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        Emulator().fail_next("*", fault="slow")


def test_a_client_that_disconnects_first_does_no_harm(emulator: Emulator) -> None:
    address = emulator.endpoint.removeprefix("http://")
    host, _, port = address.partition(":")
    emulator.fail_next("*", fault="slow", times=10)
    emulator.fail_next("*", fault="reset_after", times=20, skip=10)
    for _ in range(20):
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"POST / HTTP/1.1\r\nContent-Length: 0\r\nAuthorization: {SIGNED}\r\n\r\n".encode())
    emulator.reset()
    with closing(http.HTTPConnection(address)) as connection:
        assert ask(connection).status == 200
