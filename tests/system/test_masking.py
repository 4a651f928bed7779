"""A secret that somebody wrote where we look is in no plan, no report and no snapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from bootstrap import workflow
from bootstrap.engine.plan import Action
from bootstrap.planfile import describe
from bootstrap.planfile import text as text_of_plan
from bootstrap.render.drift import describe_drift, render_drift
from bootstrap.render.html import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.text import render_text
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import Recording, text
from tests.system.test_snapshot import both, observe
from tests.system.test_unmanaged import make_policy

if TYPE_CHECKING:
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


def rehearsed(organization: Organization) -> workflow.Planned:
    """The plan with its calls, as `--show-api-calls` tells it."""
    inventory, want = Recording(aws := organization.aws()), workflow.desire(organization.spec(), KINDS)
    return workflow.rehearse(workflow.plan(want, KINDS, aws, inventory=inventory), KINDS, inventory.snapshot())


def in_all_forms(review: PlanReview) -> dict[str, str]:
    """A plan as it is told."""
    return {
        "text": render_text(review, width=1000),
        "markdown": render_markdown(review),
        "html": render_html(review),
        "json": text_of_plan(describe(review)),
    }


def test_a_secret_in_a_template_a_policy_or_a_tag_is_not_told(example: Organization) -> None:
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
    told = {
        **in_all_forms(review),
        "drift": render_drift(review, findings, markdown=False),
        "drift as json": describe_drift(review, findings),
        "snapshot": text(observe(example), without_emails=False),
        "redacted": text(observe(example), without_emails=True),
    }
    for name, content_of in told.items():
        assert PASSWORD not in content_of, name
        assert KEY not in content_of, name
        assert str(NUMBER) not in content_of, name
    # That something is there is told all the same, and put back.
    assert {str(change.address) for change in planned.plan.changes} == {
        "account:orders-beta",
        "baseline:orders-beta",
        "policy:root.deny",
    }
    assert "SecretString" in told["text"]
    example.converge(*(blocker.token for blocker in review.blockers))


def test_a_secret_in_a_stack_that_a_call_keeps_is_in_no_call(example: Organization) -> None:
    """An import names all that the stack holds already."""
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
    told = text_of_plan(describe(rehearsed(example).review))
    assert "IMPORT" in told
    assert PASSWORD not in told


def test_a_secret_in_the_name_or_the_ou_of_an_account_of_ours_is_not_told(small: Organization) -> None:
    small.converge()
    account = small.accounts()["developer-alice"]
    organizations, ous = small.client("organizations"), small.ous()
    made = organizations.create_organizational_unit(ParentId=ous["Workloads"], Name=f"with {KEY}")
    ou = made["OrganizationalUnit"]["Id"]
    source = ous["Workloads/Developers"]
    organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=ou)
    small.client("account").put_account_name(AccountId=account, AccountName=f"root key {KEY}")
    content = text(observe(small), without_emails=False)
    planned = rehearsed(small)
    told = render_text(planned.review), text_of_plan(describe(planned.review)), content
    for found in told:
        assert KEY not in found
        assert f"root key {'*' * len(KEY)}" in found
        assert f"Workloads/with {'*' * len(KEY)}" in found
    assert both(small, content).plan.changes
    (change,) = planned.plan.changes
    assert [call.action.partition(".")[2] for call in change.calls or ()] == ["MoveAccount", "PutAccountName"]
    small.converge()
    assert organizations.list_parents(ChildId=account)["Parents"][0]["Id"] == source
    assert small.accounts()["developer-alice"] == account


def test_a_secret_in_the_name_of_a_policy_of_others_is_not_told(example: Organization) -> None:
    example.edit(FILE, "  Security:\n", "  Security:\n  Vault:\n")
    example.converge()
    make_policy(example, f"soc {KEY}", example.ous()["Security"])
    example.edit(FILE, "owner: security@example.com\n    ou: Security", "owner: s@example.com\n    ou: Vault")
    example.edit(FILE, "  Security:\n", "")
    planned, shown = rehearsed(example), f"soc {'*' * len(KEY)}"
    (blocker,) = planned.review.blockers
    assert blocker.reason.endswith(f"leaves Security, and no longer stands under {shown}")
    (gone,) = (change for change in planned.plan.changes if change.action is Action.DELETE)
    assert gone.remarks == (f"what others attached to it comes off with it: {shown}",)
    for content in in_all_forms(planned.review).values():
        assert KEY not in content
        assert shown in content
    example.converge(blocker.token)


def test_a_secret_in_a_sid_a_logical_id_or_the_key_of_a_tag_is_not_told(example: Organization) -> None:
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

    planned, kept = rehearsed(example), text(observe(example), without_emails=False)
    told = {**in_all_forms(planned.review), "snapshot": kept}
    for name, content_of in told.items():
        for key in keys:
            assert key not in content_of, name
        assert "*" * len(KEY) in content_of, name
    bodies = {str(change.address): change.before.body for change in planned.plan.changes if change.before}
    assert bodies.keys() == {"account:orders-beta", "baseline:orders-beta", "policy:root.deny"}
    # Both are told, and the snapshot says the same.
    for address, field in (("account", "tags"), ("baseline", "resources")):
        assert sum("*" in key for key in bodies[f"{address}:orders-beta"][field]) == len(keys)
    assert list(bodies["policy:root.deny"]["statements"]) == ["*" * len(KEY), f"{'*' * len(KEY)}#2"]
    assert both(example, kept).plan.changes
    example.converge(*(blocker.token for blocker in planned.review.blockers))
    tags = organizations.list_tags_for_resource(ResourceId=account)["Tags"]
    assert not {tag["Key"] for tag in tags} & {f"org-bootstrap:{key}" for key in keys}
