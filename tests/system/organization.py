"""An organization under test: its YAML in a folder, its AWS, and the tool's verbs on the two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import boto3

from bootstrap import workflow
from bootstrap.aws.client import AwsClient
from bootstrap.aws.clock import WallClock
from bootstrap.aws.endpoint import AT_ONCE, Endpoint
from bootstrap.aws.recording import Recorder
from bootstrap.render.report import render_report
from bootstrap.render.text import render_text
from bootstrap.resources.organization.kind import OrganizationKind
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.targets import find_targets
from tests.system.sharing import converge_once, desire_once, validate_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bootstrap.aws.api import AwsApi
    from bootstrap.emulator import Emulator
    from bootstrap.engine.apply import Report
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

# What it takes to put the example's policies on the root again, once there are accounts.
ON_THE_ROOT = ("root:org.deny-leave", "root:roles.protect-org", "root:root.deny")
# Loading the models of the services is what takes time in a session, so there is one.
SESSION = boto3.Session(region_name="us-east-1")


@dataclass
class Organization:
    """`apply` and `plan` as the tool does them; `client` as anybody else would look."""

    directory: Path
    endpoint: str
    speed: float = AT_ONCE
    """How fast the time of its AWS goes."""
    seed: int = 0
    """Of the jitter between two tries."""
    watch: Callable[[AwsClient], None] = lambda _aws: None
    """Called with each client before its first call."""
    emulator: Emulator | None = None
    """Where its AWS is an emulator of this process, which can be brought back to where it was."""
    _spec: Spec | None = None

    def spec(self) -> Spec:
        self._spec = self._spec or validate_once(self.directory)
        return self._spec

    def aws(self) -> AwsClient:
        organization = self.spec().organization
        aws = AwsClient(
            Endpoint(self.endpoint, self.speed),
            access_role=organization.access_role,
            home_region=organization.home_region,
            clock=WallClock(self.speed),
            random=Random(self.seed),  # noqa: S311 (chance, not a secret)
        )
        self.watch(aws)
        return aws

    def plan(self, *approvals: str, aws: AwsApi | None = None, targets: Sequence[str] = ()) -> Planned:
        want, found = desire_once(self.spec()), find_targets(targets, self.spec())
        return workflow.plan(want, KINDS, aws or self.aws(), approvals=approvals, targets=found)

    def plan_with_calls(self, *approvals: str, aws: AwsApi | None = None) -> Planned:
        """The plan as `plan --show-api-calls` makes it."""
        recorder = Recorder(aws or self.aws())
        return workflow.simulate(self.plan(*approvals, aws=recorder), KINDS, recorder.calls)

    def leaving(self) -> list[str]:
        """The approvals that accounts need now to leave the guardrails that bind them."""
        return _leaving(self.plan())

    def plan_leaving(self, aws: AwsApi) -> Planned:
        """The plan with the approvals that accounts need now to leave the guardrails that bind them."""
        planned = self.plan(aws=aws)
        tokens = _leaving(planned)
        return self.plan(*tokens, aws=aws) if tokens else planned

    def apply(self, *approvals: str, aws: AwsClient | None = None, targets: Sequence[str] = ()) -> Report:
        aws = aws or self.aws()
        return workflow.apply(self.plan(*approvals, aws=aws, targets=targets), KINDS, aws)

    def converge(self, *approvals: str) -> None:
        """Apply, and check that nothing is left to do. From an empty AWS that is shared with other tests."""
        if self.emulator and not approvals and self.watch is Organization.watch:
            converge_once(self.emulator, self.directory, self.make_converge)
        else:
            self.make_converge(*approvals)

    def make_converge(self, *approvals: str) -> None:
        aws = self.aws()
        self.finish(self.plan(*approvals, aws=aws), aws)

    def finish(self, planned: Planned, aws: AwsClient) -> None:
        """Apply a plan, and check that nothing is left to do."""
        report = workflow.apply(planned, KINDS, aws)
        assert report.complete, render_report(report, again="")
        left = self.plan()  # as the next run would: with no session and no right to write
        assert not left.plan, render_text(left.review)

    def destroy(self, *approvals: str) -> Report:
        here, aws = next(iter(OrganizationKind().desired(self.spec()))), self.aws()
        return workflow.apply(workflow.plan_destruction(here, KINDS, aws, approvals=approvals), KINDS, aws)

    def client(self, service: str, account: str = "", region: str = "us-east-1") -> Any:
        """A client of boto3's own in the management account, or in another through its access role."""
        if not account:
            return management_client(service, self.endpoint, region)
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="look")["Credentials"]
        return SESSION.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )

    def accounts(self) -> dict[str, str]:
        """The id of each account by its name, as Organizations lists them."""
        pages = self.client("organizations").get_paginator("list_accounts").paginate()
        listed = [(account["Name"], account["Id"]) for page in pages for account in page["Accounts"]]
        assert len(dict(listed)) == len(listed), f"an account was made twice: {listed}"
        return dict(listed)

    def make_account(self, email: str, name: str) -> str:
        """An account that is none of ours, made by somebody else; its id."""
        organizations = self.client("organizations")
        made = organizations.create_account(Email=email, AccountName=name)["CreateAccountStatus"]
        while made["State"] == "IN_PROGRESS":
            made = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])[
                "CreateAccountStatus"
            ]
        account: str = made["AccountId"]
        return account

    def ous(self, parent: str = "", prefix: str = "") -> dict[str, str]:
        """The id of each OU by its path, as Organizations lists them."""
        organizations = self.client("organizations")
        parent = parent or organizations.list_roots()["Roots"][0]["Id"]
        pages = organizations.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
        found: dict[str, str] = {}
        for ou in (ou for page in pages for ou in page["OrganizationalUnits"]):
            path = prefix + ou["Name"]
            found |= {path: ou["Id"], **self.ous(ou["Id"], path + "/")}
        return found

    def edit(self, file: str, old: str, new: str) -> None:
        """Change the YAML as a person would."""
        path = self.directory / file
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {file}"
        self.write(file, text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        (self.directory / file).write_text(text, "utf-8")
        self._spec = None

    def remove(self, file: str) -> None:
        (self.directory / file).unlink()
        self._spec = None


def _leaving(planned: Planned) -> list[str]:
    return [blocker.token for blocker in planned.review.blockers if blocker.token.startswith("leave:")]


@cache
def management_client(service: str, endpoint: str, region: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return SESSION.client(service, endpoint_url=endpoint, region_name=region, **keys)


def fill(organization: Organization, ou: str, count: int) -> str:
    """Attach so many policies of somebody else's to an OU; its id."""
    organizations, target = organization.client("organizations"), organization.ous()[ou]
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    for number in range(count):
        made = organizations.create_policy(
            Name=f"theirs-{number}", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(deny)
        )
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
    return target
