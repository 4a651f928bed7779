"""The record of calls, in the process and over HTTP."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from bootstrap.emulator import Call, Emulator, options
from tests.emulator.conftest import MANAGEMENT, code_and_status

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws

SPEED = 100.0
pytestmark = pytest.mark.emulator(speed=SPEED)


def over_http(emulator: Emulator) -> Any:
    with urllib.request.urlopen(f"{emulator.endpoint}/_emulator/calls") as answer:  # noqa: S310 (on loopback)
        assert answer.headers["Content-Type"] == "application/json"
        return json.load(answer)


def test_a_call_is_recorded_with_all_fields(emulator: Emulator, aws: Aws) -> None:
    aws("iam").create_user(UserName="somebody")
    (call,) = emulator.calls()
    assert call == Call(
        action="iam.CreateUser",
        account=MANAGEMENT,
        region="us-east-1",
        write=True,
        at=call.at,
        outcome="ok",
        status=200,
        effect=True,
    )
    assert 0 <= call.at < 60 * SPEED


@pytest.mark.parametrize(
    ("method", "parameters", "answer"),
    [
        ("organizations.list_roots", {}, ("AWSOrganizationsNotInUseException", 400)),
        ("iam.get_role", {"RoleName": "nobody"}, ("NoSuchEntity", 404)),
        ("cloudformation.describe_stacks", {"StackName": "none"}, ("ValidationError", 400)),
        ("account.put_account_name", {"AccountName": "a"}, ("AccessDeniedException", 403)),
        ("secretsmanager.describe_secret", {"SecretId": "none"}, ("ResourceNotFoundException", 404)),
    ],
)
def test_an_error_of_aws_is_recorded_by_its_code(
    emulator: Emulator, aws: Aws, method: str, parameters: dict[str, Any], answer: tuple[str, int]
) -> None:
    with pytest.raises(ClientError) as caught:
        aws.call(method, **parameters)
    assert code_and_status(caught.value) == answer
    (call,) = emulator.calls()
    assert (call.outcome, call.status, call.effect) == (*answer, False)


def test_the_record_says_whether_a_broken_call_took_effect(emulator: Emulator, aws: Aws) -> None:
    emulator.fail_next("iam.CreateUser", fault="reset_before")
    emulator.fail_next("iam.CreateUser", fault="reset_after", skip=1, times=2)
    for name in ("one", "two", "two"):
        with pytest.raises(ConnectionClosedError):
            aws("iam").create_user(UserName=name)
    assert [(call.outcome, call.status, call.effect) for call in emulator.calls()] == [
        ("reset_before", 0, False),
        ("reset_after", 0, True),
        ("reset_after", 0, False),  # the lost answer was an error: the organization exists already
    ]


def test_the_record_is_served_over_http_and_reading_it_is_no_call(emulator: Emulator, aws: Aws) -> None:
    emulator.fail_next("*", fault="reset_before", skip=1)
    aws("iam").list_users()
    assert over_http(emulator) == over_http(emulator) == [asdict(call) for call in emulator.calls()]
    assert [call.action for call in emulator.calls()] == ["iam.ListUsers"]


def test_a_reset_empties_the_record_and_restarts_the_clock(emulator: Emulator, aws: Aws) -> None:
    options.CURRENT.clock.sleep(SPEED / 4)
    aws("iam").list_users()
    assert emulator.calls()[-1].at >= SPEED / 4
    old = options.CURRENT.clock
    emulator.reset()
    assert options.CURRENT.clock.now() < old.now()
    assert over_http(emulator) == []


def test_an_operation_that_moto_lacks_is_recorded_as_a_failure(emulator: Emulator, aws: Aws) -> None:
    with pytest.raises(ClientError):
        aws("organizations").describe_responsibility_transfer(Id="rt-12345678")
    (call,) = emulator.calls()
    assert (call.status >= 400, call.effect) == (True, False)
