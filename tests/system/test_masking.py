"""A secret that somebody wrote into AWS is in nothing that leaves the process: no plan, report, snapshot or journal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bootstrap import workflow
from bootstrap.aws.recording import Recorder, Replay
from bootstrap.cli.journal import Journal
from bootstrap.engine.apply import Done, Failed, Report
from bootstrap.engine.plan import Action
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.planfile import describe
from bootstrap.planfile import text as text_of_plan
from bootstrap.render.drift import describe_drift, render_drift
from bootstrap.render.html.page import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.report import render_report
from bootstrap.render.text import render_text
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import write_snapshot
from tests.system.test_late import lock
from tests.system.test_snapshot import TAKEN, both, snapshot_of
from tests.system.test_unmanaged import make_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.aws.recording import RecordedCall
    from bootstrap.engine.review import PlanReview
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ENTRIES = "secrets_layout/orders.yaml"
PASSWORD, KEY, NUMBER = "hunter2-Super", "AKIA" + "IOSFODNN7EXAMPLE", 20231231235959
# What takes the least to be made.
TABLE = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def in_all_forms(review: PlanReview) -> dict[str, str]:
    """A plan in every form that shows it."""
    return {
        "text": render_text(review, width=1000),
        "markdown": render_markdown(review),
        "html": render_html(review),
        "json": text_of_plan(describe(review)),
    }


def test_a_secret_in_a_template_a_policy_or_a_tag_is_masked(example: Organization) -> None:
    example.converge()
    account = example.accounts()["orders-beta"]
    cloudformation = example.client("cloudformation", account, "eu-west-1")
    body = cloudformation.get_template(StackName="org-bootstrap-baseline")["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    mail, database = (
        template["Resources"][name]["Properties"] for name in ("SecretOrdersMail", "SecretOrdersDatabase")
    )
    mail["SecretString"] = json.dumps({"username": "u", "password": PASSWORD})
    database["GenerateSecretString"]["SecretStringTemplate"] = json.dumps({"username": KEY, "password": PASSWORD})
    template["Resources"]["Theirs"] = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": TABLE,
        "Metadata": {"ClientSecret": PASSWORD, "Environment": {"PGPASSWORD": PASSWORD}, "MasterUserPassword": NUMBER},
    }
    # Within a text nothing but the word before it tells what it is.
    template["Resources"]["Theirs"]["Metadata"]["UserData"] = (
        f"export DB_PASSWORD={PASSWORD}\ncurl -H 'Authorization: Bearer {PASSWORD}' 'https://x/?a=b&token={PASSWORD}'"
    )
    cloudformation.update_stack(
        StackName="org-bootstrap-baseline", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    organizations = example.client("organizations")
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    statement = {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": f"arn:aws:s3:::x/{KEY}"}
    condition = {"StringNotLike": {"aws:PrincipalTag/dsn": f"Server=db;Password={PASSWORD};"}}
    content = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
    organizations.update_policy(PolicyId=policies["root.deny"], Content=json.dumps(content))
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": "org-bootstrap:owner", "Value": KEY}])

    planned = example.plan()
    review, findings = planned.review, workflow.inspect(planned, KINDS)
    shown = {
        **in_all_forms(review),
        "drift": render_drift(review, findings, markdown=False),
        "drift as json": describe_drift(review, findings),
        "snapshot": snapshot_of(example),
        "redacted": snapshot_of(example, redact=True),
    }
    for name, content_of in shown.items():
        assert PASSWORD not in content_of, name
        assert KEY not in content_of, name
        assert str(NUMBER) not in content_of, name
    # The plan shows that something is there, and reverts it.
    assert {str(change.address) for change in planned.plan.changes} == {
        "account:orders-beta",
        "baseline:orders-beta",
        "policy:root.deny",
    }
    assert "SecretString" in shown["text"]
    example.converge(*(blocker.token for blocker in review.blockers))


def test_a_secret_in_a_stack_is_masked_in_the_call_that_imports_into_it(example: Organization) -> None:
    """An import repeats everything that the stack already holds."""
    example.converge()
    layout = (example.directory / ENTRIES).read_text("utf-8")
    entries = yaml.safe_load(layout)
    del entries["entries"]["orders/database"]
    example.write(ENTRIES, yaml.safe_dump(entries))
    example.converge()
    cloudformation = example.client("cloudformation", example.accounts()["orders-beta"], "eu-west-1")
    template = cloudformation.get_template(StackName="org-bootstrap-baseline")["TemplateBody"]
    template["Resources"]["Theirs"] = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": TABLE,
        "Metadata": {"MasterUserPassword": PASSWORD},
    }
    cloudformation.update_stack(
        StackName="org-bootstrap-baseline", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    example.write(ENTRIES, layout)
    shown = text_of_plan(describe(example.plan_with_calls().review))
    assert "IMPORT" in shown
    assert PASSWORD not in shown


def test_a_secret_in_the_name_or_the_ou_of_a_managed_account_is_masked(small: Organization) -> None:
    small.converge()
    account = small.accounts()["developer-alice"]
    organizations, ous = small.client("organizations"), small.ous()
    made = organizations.create_organizational_unit(ParentId=ous["Workloads"], Name=f"with {KEY}")
    ou = made["OrganizationalUnit"]["Id"]
    source = ous["Workloads/Developers"]
    organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=ou)
    small.client("account").put_account_name(AccountId=account, AccountName=f"root key {KEY}")
    content = snapshot_of(small)
    planned = small.plan_with_calls()
    for found in (render_text(planned.review), text_of_plan(describe(planned.review)), content):
        assert KEY not in found
        assert f"root key {'*' * len(KEY)}" in found
        assert f"with {'*' * len(KEY)}" in found
    assert both(small, content).plan.changes
    (change,) = planned.review.plan.changes
    assert [call.action.partition(".")[2] for call in change.calls or ()] == ["MoveAccount", "PutAccountName"]
    small.converge()
    assert organizations.list_parents(ChildId=account)["Parents"][0]["Id"] == source
    assert small.accounts()["developer-alice"] == account


def test_a_secret_in_the_name_of_an_unmanaged_policy_is_masked(example: Organization) -> None:
    example.edit(FILE, "  Security:\n", "  Security:\n  Vault:\n")
    example.converge()
    make_policy(example, f"soc {KEY}", example.ous()["Security"])
    example.edit(FILE, "owner: security@example.com\n    ou: Security", "owner: s@example.com\n    ou: Vault")
    example.edit(FILE, "  Security:\n", "")
    planned, shown = example.plan_with_calls(), f"soc {'*' * len(KEY)}"
    (blocker,) = planned.review.blockers
    assert blocker.reason.endswith(f"moves out of OU Security; loses these guardrails: {shown}")
    (deleted,) = (change for change in planned.review.plan.changes if change.action is Action.DELETE)
    assert deleted.remarks == (f"unmanaged policies are detached with it: {shown}",)
    for content in in_all_forms(planned.review).values():
        assert KEY not in content
        assert shown in content
    example.converge(blocker.token)


def test_a_secret_in_a_sid_a_logical_id_or_the_key_of_a_tag_is_masked(example: Organization) -> None:
    example.converge()
    account, organizations = example.accounts()["orders-beta"], example.client("organizations")
    keys = [KEY[:-1] + "X", KEY]
    listed = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    policy = next(policy["Id"] for policy in listed if policy["Name"] == "root.deny")
    statements = [{"Sid": key, "Effect": "Deny", "Action": f"s3:{n}*", "Resource": "*"} for n, key in enumerate(keys)]
    content = json.dumps({"Version": "2012-10-17", "Statement": statements})
    organizations.update_policy(PolicyId=policy, Content=content)
    cloudformation = example.client("cloudformation", account, "eu-west-1")
    template = cloudformation.get_template(StackName="org-bootstrap-baseline")["TemplateBody"]
    template["Resources"] |= {key: {"Type": "AWS::DynamoDB::Table", "Properties": TABLE} for key in keys}
    cloudformation.update_stack(
        StackName="org-bootstrap-baseline", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": f"org-bootstrap:{key}", "Value": "x"} for key in keys])

    planned, kept = example.plan_with_calls(), snapshot_of(example)
    for name, content_of in {**in_all_forms(planned.review), "snapshot": kept}.items():
        for key in keys:
            assert key not in content_of, name
        assert "*" * len(KEY) in content_of, name
    bodies = {str(change.address): change.before.body for change in planned.review.plan.changes if change.before}
    assert bodies.keys() == {"account:orders-beta", "baseline:orders-beta", "policy:root.deny"}
    # Both are shown, and the snapshot says the same.
    for address, field in (("account", "tags"), ("baseline", "resources")):
        assert sum("*" in key for key in bodies[f"{address}:orders-beta"][field]) == len(keys)
    assert sorted(bodies["policy:root.deny"]["statements"]) == ["*" * len(KEY), f"{'*' * len(KEY)}#2"]
    assert both(example, kept).plan.changes
    example.converge(*(blocker.token for blocker in planned.review.blockers))
    tags = organizations.list_tags_for_resource(ResourceId=account)["Tags"]
    assert not {tag["Key"] for tag in tags} & {f"org-bootstrap:{key}" for key in keys}


def test_an_approval_is_typed_as_it_is_shown_though_a_secret_in_it_is_masked(small: Organization) -> None:
    small.converge()
    organizations = small.client("organizations")
    listed = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    policy = next(policy["Id"] for policy in listed if policy["Name"] == "root.deny")
    organizations.update_policy(PolicyId=policy, Name=f"root.deny {KEY}")
    tokens = [blocker.token for blocker in small.plan().review.blockers]
    assert tokens == ["root:root.deny%20" + "%2a" * len(KEY), "root:root.deny"]
    small.converge(*tokens)
    listed = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert KEY not in str(listed)


# The role that drift inside an account is read through.
ACCESS = "OrganizationAccountAccessRole"
# AWS makes these itself, and nobody can write into them.
MADE_BY_AWS = re.compile(r"(?:Id|Arn|ARN|Token|Status|State|Type|Types|Time|Timestamp|Date|Paths|FeatureSet|Stage)$")


def with_canary(value: Any, key: str = "") -> Any:
    """An answer with a canary in every text that somebody may have written: behind it, and as a key beside others."""
    if isinstance(value, str):
        if MADE_BY_AWS.search(key) or value == ACCESS:
            return value
        if value.startswith("{"):
            return json.dumps(with_canary(json.loads(value)))
        return f"{value} {KEY}"
    if isinstance(value, dict):
        return {name: with_canary(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [with_canary(item, key) for item in value]
    return value


def with_canary_keys(value: Any) -> Any:
    """A document with a canary among the keys of each mapping in it."""
    if isinstance(value, dict):
        return {**{name: with_canary_keys(item) for name, item in value.items()}, KEY: KEY}
    return [with_canary_keys(item) for item in value] if isinstance(value, list) else value


def altered(call: RecordedCall) -> RecordedCall:
    """The call, with a canary in every field of what AWS answers."""
    if call.answer is None:
        return replace(call, message=f"{call.message} {KEY}")
    answer = with_canary(json.loads(json.dumps(call.answer, default=str)))
    if template := answer.get("TemplateBody"):
        template["Resources"] = {**with_canary_keys(template["Resources"]), KEY: {"Type": "AWS::IAM::Role"}}
    return replace(call, answer=answer)


def everything_shown(organization: Organization, replay: Replay) -> Iterator[tuple[str, str]]:
    """All that leaves the process when this is what AWS answers."""
    try:
        planned = organization.plan_with_calls(aws=replay)
    except BootstrapError as error:
        yield "error", f"{error.message} {error.hint}"
        return
    findings = workflow.inspect(planned, KINDS)
    yield from in_all_forms(planned.review).items()
    yield "drift", render_drift(planned.review, findings)
    yield "drift as Markdown", render_drift(planned.review, findings, markdown=True)
    yield "drift as JSON", describe_drift(planned.review, findings)
    want = workflow.desire(organization.spec(), KINDS)
    for redact in (False, True):
        yield "snapshot", write_snapshot(workflow.take_snapshot(want, KINDS, replay, TAKEN, redact=redact))
    error = AwsError("organizations.CreateAccount", "InvalidInputException", f"not {KEY}")
    outcomes = [ended for change in planned.plan.changes for ended in (Done(change), Failed(change, error))]
    yield "report", render_report(Report(tuple(outcomes)), again="again")
    journal = Journal(organization.directory, StringIO())
    for outcome in outcomes:
        journal.change(outcome)
    yield "journal", journal._file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def recorded(small: Organization) -> list[RecordedCall]:
    """Every read of a plan, of a snapshot and of `drift`, while there is much to show."""
    small.write("account_specs/bob.yaml", "developer: {name: bob, email: aws+bob@example.com, owner: b@example.com}\n")
    small.converge()
    organizations, ous = small.client("organizations"), small.ous()
    lock(small, "developer-bob")
    small.make_account("somebody@example.org", "somebody")
    organizations.create_organizational_unit(ParentId=ous["Workloads"], Name="theirs")
    make_policy(small, "theirs", ous["Workloads"])
    make_policy(small, "kms.deny-deletion", ous["Workloads"])
    small.edit(FILE, "guardrails: [budget.protect]", "guardrails: [kms.deny-deletion]")
    small.edit(FILE, "monthly_usd: 50", "monthly_usd: 60")
    iam = small.client("iam", small.accounts()["developer-alice"])
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="org-bootstrap-deploy", PolicyName="theirs", PolicyDocument=json.dumps(deny))
    recorder = Recorder(small.aws())
    workflow.inspect(small.plan(aws=recorder), KINDS)
    workflow.take_snapshot(workflow.desire(small.spec(), KINDS), KINDS, recorder, TAKEN)
    return recorder.calls


def test_a_secret_in_any_field_that_aws_returns_is_masked_everywhere(
    small: Organization, recorded: list[RecordedCall]
) -> None:
    about = small.spec().organization
    actions = {call.action for call in recorded}
    assert {"organizations.ListAccounts", "cloudformation.GetTemplate", "iam.GetAccountAuthorizationDetails"} <= actions
    reached = set()
    for action in sorted(actions):
        calls = [altered(call) if call.action == action else call for call in recorded]
        replay = Replay(calls, access_role=about.access_role, home_region=about.home_region)
        for name, content in everything_shown(small, replay):
            assert KEY not in content, f"{action}: {name}"
            reached |= {action} if "*" * len(KEY) in content else set()
    # The canary is in what is shown, if masked.
    assert reached >= {
        "organizations.ListAccounts",
        "organizations.ListPolicies",
        "organizations.DescribePolicy",
        "resourcegroupstaggingapi.GetResources",
        "cloudformation.GetTemplate",
        "iam.GetAccountAuthorizationDetails",
        "cloudformation.ListStacks",  # the error of an account that cannot be entered
    }
