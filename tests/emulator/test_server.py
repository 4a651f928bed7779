"""The server itself: one at a time, on loopback, empty at the start."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from bootstrap.emulator import Emulator

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused


def test_a_second_emulator_in_a_process_is_an_error(emulator: Emulator) -> None:
    with pytest.raises(RuntimeError, match="already running"):
        Emulator().start()
    assert emulator.endpoint.startswith("http://127.0.0.1:")


def test_the_endpoint_of_an_emulator_that_is_not_started_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = Emulator().endpoint


def test_reset_leaves_an_empty_aws(emulator: Emulator, aws: Aws, organization: Organization, refused: Refused) -> None:
    organization.account("alice")
    aws("iam").create_user(UserName="somebody")
    emulator.reset()
    with refused("AWSOrganizationsNotInUseException"):
        aws("organizations").describe_organization()
    assert aws("iam").list_users()["Users"] == []


def test_the_variables_point_any_sdk_at_the_emulator(emulator: Emulator) -> None:
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    environment = {**os.environ, **emulator.variables()}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "123456789012"


def test_importing_the_package_does_not_import_moto() -> None:
    script = "import sys, bootstrap.emulator; sys.exit('moto' in sys.modules or 'flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.usefixtures("impatient")
def test_sixteen_threads_work_at_once(aws: Aws) -> None:
    """moto alone answers a search through roles with a 500 while another thread adds one."""
    iam = aws("iam")
    trust = '{"Version": "2012-10-17", "Statement": []}'

    def work(number: int) -> int:
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=trust)
        return len(iam.list_roles(MaxItems=1000)["Roles"])

    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(work, range(96)))
    assert max(seen) == 96


def test_an_unknown_operation_is_an_error_and_the_server_continues(organization: Organization) -> None:
    with pytest.raises(ClientError):
        organization.api.describe_responsibility_transfer(Id="rt-12345678")
    assert organization.api.list_roots()["Roots"]


def test_a_stopped_emulator_closes_its_port_and_connections() -> None:
    """In another process, because an emulator runs in this one."""
    script = """
import boto3, urllib.error, urllib.request
from bootstrap.emulator import Emulator
emulator = Emulator().start()
url = emulator.endpoint
client = boto3.client("sts", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")
client.get_caller_identity()
emulator.stop()
emulator.stop()
try:
    client.get_caller_identity()
except Exception as refused:
    print(type(refused).__name__)
with Emulator() as again:
    print(urllib.request.urlopen(again.endpoint + "/_emulator/calls").status)
"""
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["EndpointConnectionError", "200"]
