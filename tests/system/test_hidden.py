"""A secret that somebody wrote where we look is in no plan, no report and no snapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bootstrap import workflow
from bootstrap.aws.snapshot import text
from bootstrap.kinds import KINDS
from bootstrap.planfile import describe
from bootstrap.planfile import text as text_of_plan
from bootstrap.render.drift import describe_drift, render_drift
from bootstrap.render.html import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.plan import render_plan
from tests.system.test_snapshot import observe

if TYPE_CHECKING:
    from tests.system.organization import Organization

PASSWORD, KEY = "hunter2-Super", "AKIA" + "IOSFODNN7EXAMPLE"


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
    database["GenerateSecretString"]["SecretStringTemplate"] = json.dumps({"username": KEY})
    cloudformation.update_stack(
        StackName="org-bootstrap-baseline", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    organizations = example.client("organizations")
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    statement = {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": f"arn:aws:s3:::x/{KEY}"}
    content = {"Version": "2012-10-17", "Statement": [statement]}
    organizations.update_policy(PolicyId=policies["root.deny"], Content=json.dumps(content))
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": "org-bootstrap:owner", "Value": KEY}])

    planned = example.plan()
    proposal, findings = planned.proposal, workflow.inspect(planned, KINDS)
    told = {
        "text": render_plan(proposal),
        "markdown": render_markdown(proposal),
        "html": render_html(proposal),
        "json": text_of_plan(describe(proposal)),
        "drift": render_drift(proposal, findings, markdown=False),
        "drift as json": describe_drift(proposal, findings),
        "snapshot": text(observe(example), redact=False),
        "redacted": text(observe(example), redact=True),
    }
    for name, content_of in told.items():
        assert PASSWORD not in content_of, name
        assert KEY not in content_of, name
    # That something is there is told all the same, and put back.
    assert {str(change.address) for change in planned.plan.changes} == {
        "account:orders-beta",
        "baseline:orders-beta",
        "policy:root.deny",
    }
    assert "SecretString" in told["text"]
    example.converge(*(refusal.token for refusal in proposal.refusals))
