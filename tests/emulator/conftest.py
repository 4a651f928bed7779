"""A running emulator, reset before each test, and clients for it."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from bootstrap.emulator import Emulator

    Refused = Callable[..., AbstractContextManager[None]]

MANAGEMENT = "123456789012"
CONTENTS = {
    "SERVICE_CONTROL_POLICY": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}],
    },
    "RESOURCE_CONTROL_POLICY": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
    },
}
_SESSION = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


@pytest.fixture(autouse=True)
def _empty(emulator: Emulator) -> None:
    emulator.reset()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let threads switch as often as possible, so that races occur."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Aws:
    """Clients of the management account, or of a member through its access role."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str, account_id: str | None = None) -> Any:
        if account_id is None:
            if service not in self._clients:
                self._clients[service] = self.client(service)
            return self._clients[service]
        role = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
        assumed = self("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return self.client(
            service,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method that is named like `sts.get_caller_identity`."""
        service, _, name = method.partition(".")
        return getattr(self(service), name)(**parameters)

    def client(self, service: str, read_timeout: float = 60, **credentials: str) -> Any:
        config = Config(max_pool_connections=32, retries={"total_max_attempts": 1}, read_timeout=read_timeout)
        return _SESSION.client(service, endpoint_url=self._endpoint, config=config, **credentials)


def code_and_status(error: ClientError) -> tuple[str, int]:
    return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Aws:
    return Aws(emulator.endpoint)


@pytest.fixture
def refused() -> Refused:
    """Expect that AWS answers this error code, and this Reason if the error has one."""

    @contextlib.contextmanager
    def expect(code: str, reason: str | None = None, match: str = "") -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        response = caught.value.response
        assert response["Error"]["Code"] == code
        assert reason is None or response.get("Reason") == reason
        assert match in response["Error"]["Message"]

    return expect


class Organization:
    """An organization with all features, and shortcuts to create things in it."""

    def __init__(self, aws: Aws) -> None:
        self.api = aws("organizations")
        self.id = self.api.create_organization()["Organization"]["Id"]
        self.root = self.api.list_roots()["Roots"][0]["Id"]

    def ou(self, name: str, parent: str | None = None) -> str:
        made = self.api.create_organizational_unit(ParentId=parent or self.root, Name=name)
        return made["OrganizationalUnit"]["Id"]

    def account(self, name: str, **more: Any) -> str:
        request = self.api.create_account(Email=f"{name}@example.org", AccountName=name, **more)
        while True:
            status = self.status(request["CreateAccountStatus"]["Id"])
            if status["State"] != "IN_PROGRESS":
                return status["AccountId"]

    def status(self, request_id: str) -> dict[str, Any]:
        answer = self.api.describe_create_account_status(CreateAccountRequestId=request_id)
        return answer["CreateAccountStatus"]

    def policy(self, name: str, kind: str = "SERVICE_CONTROL_POLICY", content: object = None) -> str:
        document = json.dumps(content or CONTENTS.get(kind, {"any": "object"}))
        made = self.api.create_policy(Name=name, Description="", Type=kind, Content=document)
        return made["Policy"]["PolicySummary"]["Id"]

    def attached(self, target: str, kind: str = "SERVICE_CONTROL_POLICY") -> list[str]:
        found = self.api.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]
        return [policy["Name"] for policy in found]


@pytest.fixture
def organization(aws: Aws) -> Organization:
    return Organization(aws)


class Stacks:
    """CloudFormation in one account, with templates as dictionaries of resources."""

    def __init__(self, api: Any) -> None:
        self.api = api

    def create(self, name: str, resources: dict[str, Any], **more: Any) -> None:
        self.api.create_stack(
            StackName=name, TemplateBody=template(resources), Capabilities=["CAPABILITY_NAMED_IAM"], **more
        )

    def update(self, name: str, resources: dict[str, Any], **more: Any) -> None:
        self.api.update_stack(
            StackName=name, TemplateBody=template(resources), Capabilities=["CAPABILITY_NAMED_IAM"], **more
        )

    def change_set(self, stack: str, resources: dict[str, Any], kind: str = "UPDATE", **more: Any) -> str:
        made = self.api.create_change_set(
            StackName=stack,
            ChangeSetName=more.pop("name", "change"),
            ChangeSetType=kind,
            TemplateBody=template(resources),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **more,
        )
        return made["Id"]

    def status(self, name: str) -> str:
        return self.api.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    def resources(self, name: str) -> dict[str, str]:
        found = self.api.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def reasons(self, name: str) -> str:
        events = self.api.describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(each.get("ResourceStatusReason", "") for each in events)


def template(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


@pytest.fixture
def stacks(aws: Aws) -> Stacks:
    return Stacks(aws("cloudformation"))
