"""A plan from what `snapshot` kept is the plan that AWS itself would have given, and calls nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap import planfile, workflow
from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint
from bootstrap.engine.plan import Cause
from bootstrap.model.errors import BlockedError, BootstrapError
from bootstrap.planfile import describe, digest
from bootstrap.planfile.verify import verify_digest, verify_plan
from bootstrap.resources.registry import KINDS
from bootstrap.secrecy.redact import emails
from bootstrap.workflow.snapshot import Replayed, Snapshot, read, text
from tests.system.test_late import lock

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview
    from tests.system.organization import Organization

ALICE = "account_specs/developers/alice.yaml"
TAKEN = "2026-11-23T12:00:00Z"


def observe(organization: Organization) -> Snapshot:
    want = workflow.desire(organization.spec(), KINDS)
    return workflow.take_snapshot(want, KINDS, organization.aws(), TAKEN)


def plan_from(organization: Organization, content: str, *allow: str) -> PlanReview:
    want = workflow.desire(organization.spec(), KINDS)
    known = emails([resource.body for resource in want.values()])
    aws = AwsClient(Endpoint("http://127.0.0.1:9"), access_role="none", home_region="eu-west-1")
    inventory = Replayed(read(content, "snapshot.json", known), aws)
    planned = workflow.plan(want, KINDS, aws, inventory=inventory, allow=allow)
    assert not aws.metrics.calls
    return planned.review


def both(organization: Organization, content: str, *allow: str) -> PlanReview:
    """The plan from the snapshot, which is also the one from AWS: what `apply --expect` compares."""
    review = plan_from(organization, content, *allow)
    changes, specs, _ = digest(review).split("-")
    assert digest(organization.plan(*allow).review).startswith(f"{changes}-{specs}-")
    return review


@pytest.mark.parametrize("redact", [False, True], ids=["shown", "redacted"])
def test_the_plan_from_a_snapshot_is_the_plan_from_aws(example: Organization, *, redact: bool) -> None:
    assert both(example, text(observe(example), without_emails=redact)).plan.changes

    example.converge()
    example.make_account("somebody@example.org", "somebody")
    lock(example, "developer-bob")
    content = text(observe(example), without_emails=redact)
    review = both(example, content)
    assert {str(item.address) for item in review.plan.inaccessible} == {"baseline:developer-bob"}
    (unmanaged,) = review.plan.unmanaged
    assert ("@example.org" in str(unmanaged.address)) is not redact

    example.edit(ALICE, "name: alice", "name: alicia")
    example.edit("account_specs/organization.yaml", "notify_at_percent: [80, 100]", "notify_at_percent: [90]")
    example.remove("account_specs/developers/bob.yaml")
    example.write("account_specs/carol.yaml", "developer: {name: carol, email: c@example.com, owner: c@example.com}\n")
    changed = {str(change.address) for change in both(example, content).plan.changes}
    assert {"account:developer-alicia", "account:developer-carol", "baseline:developer-carol"} <= changed


def test_a_redacted_snapshot_names_no_e_mail(example: Organization) -> None:
    example.converge()
    content = text(observe(example), without_emails=True)
    assert {email.rpartition("@")[2] for email in emails(content)} == {"redacted.invalid"}
    assert text(observe(example), without_emails=False) != content
    # The same e-mail gets the same token, so that two snapshots can be compared.
    assert content == text(observe(example), without_emails=True)


def test_an_e_mail_in_the_key_of_a_tag_or_spelled_out_in_a_policy_is_hidden(small: Organization) -> None:
    small.converge()
    organizations, account = small.client("organizations"), small.accounts()["developer-alice"]
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": "contact:jane.doe@example.org", "Value": "x"}])
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    policy = next(item["Id"] for item in found if item["Name"] == "region.limit")
    content = json.loads(organizations.describe_policy(PolicyId=policy)["Policy"]["Content"])
    for mail in ("alice@example.com", "john.doe@example.org"):  # of these the YAML has the first
        content["Statement"][0]["Condition"] = {"StringNotEquals": {"aws:PrincipalTag/mail": [mail]}}
        text_of_policy = json.dumps(content).replace("@", "\\u0040")
        organizations.update_policy(PolicyId=policy, Content=text_of_policy)
        kept = text(observe(small), without_emails=True)
        assert {email.rpartition("@")[2] for email in emails(kept)} == {"redacted.invalid"}
        assert not any(name in kept for name in ("jane", "john", "u0040"))
        if mail.startswith("alice"):
            assert both(small, kept).plan.changes
        else:
            (change,) = plan_from(small, kept).plan.changes
            assert str(change.address) == "policy:region.limit"


def test_a_plan_from_a_redacted_snapshot_binds_what_is_on_an_account_of_others(small: Organization) -> None:
    small.converge()
    theirs = small.make_account("somebody@example.org", "somebody")
    organizations = small.client("organizations")
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    limit = next(policy["Id"] for policy in found if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=limit, TargetId=theirs)
    made = plan_from(small, text(observe(small), without_emails=True))
    assert [change.address.kind for change in made.plan.changes] == ["surplus"]
    assert "somebody@example.org" not in str(made.plan.changes)
    reviewed = planfile.read(planfile.text(describe(made)), "plan.json")
    fresh = small.plan().review
    assert "somebody@example.org" in str(fresh.plan.changes)
    verify_plan(reviewed, fresh)
    verify_digest(reviewed.digest, fresh)


def test_a_plan_from_a_redacted_snapshot_binds_where_an_e_mail_changes(example: Organization) -> None:
    example.converge()
    content = text(observe(example), without_emails=True)
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    made = plan_from(example, content)
    causes = {str(change.address): change.cause for change in made.plan.changes}
    assert causes == {"account:developer-alice": Cause.UNKNOWN, "baseline:developer-alice": Cause.UNKNOWN}
    reviewed = planfile.read(planfile.text(describe(made)), "plan.json")
    fresh = example.plan()
    assert {change.cause for change in fresh.plan.changes} == {Cause.ASKED}
    verify_plan(reviewed, fresh.review)
    verify_digest(reviewed.digest, fresh.review)

    # Another e-mail than the one that was hidden is one that nobody has reviewed.
    tags = [{"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}]
    example.client("organizations").tag_resource(ResourceId=example.accounts()["developer-alice"], Tags=tags)
    with pytest.raises(BlockedError, match="mallory@example"):
        verify_plan(reviewed, example.plan().review)


def test_it_holds_no_secret(example: Organization) -> None:
    example.converge()
    content = text(observe(example), without_emails=False)
    for key in ("developer-alice", "orders-production"):
        secrets = example.client("secretsmanager", example.accounts()[key], "eu-west-1")
        secrets.put_secret_value(SecretId="orders/payment-api", SecretString="hunter2")
        value = secrets.get_secret_value(SecretId="orders/database")["SecretString"]
        assert json.loads(value)["password"] not in content
    assert "hunter2" not in text(observe(example), without_emails=False)


def test_a_name_that_holds_a_secret_is_in_no_snapshot_and_no_plan(small: Organization) -> None:
    small.converge()
    token, organizations = "ghp_" + "a1B2c3D4" * 5, small.client("organizations")
    deny = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    organizations.create_policy(
        Name=f"policy {token}", Description=f"with {token}", Type="SERVICE_CONTROL_POLICY", Content=deny
    )
    root = organizations.list_roots()["Roots"][0]["Id"]
    ou = organizations.create_organizational_unit(ParentId=root, Name=f"OU {token}")["OrganizationalUnit"]["Id"]
    account = small.make_account("aws+other@example.com", token)
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=ou)
    content = text(observe(small), without_emails=False)
    told = planfile.text(describe(both(small, content)))
    for found in (content, told):
        assert all(name in found for name in ("policy ***", "OU ***", "aws+other"))
        assert token not in found


def test_what_it_does_not_hold_is_said_and_taken_for_absent(example: Organization) -> None:
    """The baseline of an account that was no developer's when the snapshot was taken."""
    example.converge()
    example.make_account("c@example.com", "carol")
    content = text(observe(example), without_emails=False)
    example.write("account_specs/carol.yaml", "developer: {name: carol, email: c@example.com, owner: c@example.com}\n")
    (inaccessible,) = plan_from(example, content).plan.inaccessible
    assert str(inaccessible.address) == "baseline:developer-carol"
    assert "the snapshot does not hold the stacks of the account" in inaccessible.reason


def test_a_policy_that_it_does_not_hold_asks_for_a_new_snapshot(example: Organization) -> None:
    """One of somebody else's, with the name that a guardrail gets which the YAML uses now."""
    example.converge()
    example.client("organizations").create_policy(
        Name="kms.deny-deletion",
        Type="SERVICE_CONTROL_POLICY",
        Description="somebody else's",
        Content='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}',
    )
    content = text(observe(example), without_emails=False)
    example.edit(
        "account_specs/organization.yaml", "Workloads/Beta:", "Workloads/Beta: {guardrails: [kms.deny-deletion]}"
    )
    with pytest.raises(BootstrapError, match=r"does not hold the text of the policy kms\.deny-deletion") as caught:
        plan_from(example, content)
    assert "snapshot --out" in caught.value.hint
    assert both(example, text(observe(example), without_emails=False)).blockers


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"format": 1', '"format": 7', "is no snapshot of this version: format"),
        ('"tool": "0.1.0"', '"tool": "9.9.9"', r"was taken by version 9\.9\.9, and this is 0\.1\.0"),
        ("{", "", "is no snapshot of this version: the whole: Invalid JSON"),
        ('"taken"', '"when"', "is no snapshot of this version: taken: Field required"),
        # A snapshot may be a stranger's, and what is printed of it be read by a runner of CI.
        ('12:00:00Z"', '12:00:00Z\\n::error::x"', "is no snapshot of this version: taken: String should match"),
        ('"account": "', '"account": "\\n::error::', "is no snapshot of this version: account: String should match"),
        ('"tool": "0.1.0"', '"tool": "\\n::error::x"', r"was taken by version \\n::error::x, and"),
        ('"taken"', '"\\n::error::x": 1, "taken"', r"is no snapshot of this version: \\n::error::x: Extra"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_a_hint(example: Organization, old: str, new: str, words: str) -> None:
    content = text(observe(example), without_emails=False)
    assert old in content
    with pytest.raises(BootstrapError, match=words) as caught:
        read(content.replace(old, new, 1), "snapshot.json", ())
    assert "snapshot --out" in caught.value.hint
