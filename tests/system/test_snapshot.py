"""A plan from a snapshot is the plan that AWS itself gives, and calls nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap import planfile, workflow
from bootstrap.aws.recording import Replay
from bootstrap.engine.plan import Cause
from bootstrap.model.errors import BlockedError, BootstrapError
from bootstrap.planfile import command_to_apply, describe, digest
from bootstrap.planfile.verify import verify_digest, verify_plan
from bootstrap.render.drift import find_drift
from bootstrap.resources.registry import KINDS
from bootstrap.secrecy.redact import find_emails
from bootstrap.workflow.snapshot import read_snapshot, recorded_calls, write_snapshot
from tests.system.test_late import lock

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview
    from tests.system.organization import Organization

ALICE = "account_specs/developers/alice.yaml"
TAKEN = "2026-11-23T12:00:00Z"


def snapshot_of(organization: Organization, *, redact: bool = False) -> str:
    """The file that `snapshot` writes."""
    want = workflow.desire(organization.spec(), KINDS)
    return write_snapshot(workflow.take_snapshot(want, KINDS, organization.aws(), TAKEN, redact=redact))


def plan_from(organization: Organization, content: str, *approvals: str) -> PlanReview:
    """The plan from a snapshot; nothing in it can reach AWS."""
    want, about = workflow.desire(organization.spec(), KINDS), organization.spec().organization
    snapshot = read_snapshot(content, "snapshot.json")
    calls = recorded_calls(snapshot, want)
    replay = Replay(calls, access_role=about.access_role, home_region=about.home_region)
    return replace(organization.plan(*approvals, aws=replay).review, binds=not snapshot.redacted)


def both(organization: Organization, content: str, *approvals: str) -> PlanReview:
    """The plan from the snapshot, which is also the one from AWS, as `apply --expect` compares them."""
    review, live = plan_from(organization, content, *approvals), organization.plan(*approvals).review
    changes, specs, _ = digest(replace(review, binds=True)).split("-")
    assert digest(live).startswith(f"{changes}-{specs}-")
    return review


@pytest.mark.parametrize("redact", [False, True], ids=["shown", "redacted"])
def test_the_plan_from_a_snapshot_is_the_plan_from_aws(example: Organization, *, redact: bool) -> None:
    assert both(example, snapshot_of(example, redact=redact)).plan.changes

    example.converge()
    example.make_account("somebody@example.org", "somebody")
    lock(example, "developer-bob")
    content = snapshot_of(example, redact=redact)
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
    content = snapshot_of(example, redact=True)
    assert {email.rpartition("@")[2] for email in find_emails(content)} == {"redacted.invalid"}
    assert snapshot_of(example) != content
    # The same e-mail gets the same token, so that two snapshots can be compared.
    assert content == snapshot_of(example, redact=True)


def test_an_e_mail_in_the_key_of_a_tag_or_escaped_in_a_policy_is_redacted(small: Organization) -> None:
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
        kept = snapshot_of(small, redact=True)
        assert {email.rpartition("@")[2] for email in find_emails(kept)} == {"redacted.invalid"}
        assert not any(name in kept for name in ("jane", "john", "u0040"))
        if mail.startswith("alice"):
            assert both(small, kept).plan.changes
        else:
            (change,) = plan_from(small, kept).plan.changes
            assert str(change.address) == "policy:region.limit"


def test_a_redacted_e_mail_is_no_drift(example: Organization) -> None:
    """Neither of an account that left the YAML, nor of an unmanaged one."""
    example.converge()
    example.make_account("somebody@example.org", "somebody")
    example.remove(ALICE)
    example.converge()
    review = plan_from(example, snapshot_of(example, redact=True))
    assert "account:developer-alice" in {str(resource.address) for resource in review.plan.retained}
    assert not find_drift(review, ())


def test_a_redacted_snapshot_shows_a_policy_on_an_unmanaged_account(small: Organization) -> None:
    small.converge()
    theirs = small.make_account("somebody@example.org", "somebody")
    organizations = small.client("organizations")
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    limit = next(policy["Id"] for policy in found if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=limit, TargetId=theirs)
    made = plan_from(small, snapshot_of(small, redact=True))
    (change,) = made.plan.changes
    assert str(change.address).startswith("attachment:region.limit@account:redacted-")
    assert change.cause is Cause.DRIFT
    assert "somebody@example.org" not in str(made)
    (live,) = small.plan().plan.changes
    assert str(live.address) == "attachment:region.limit@account:somebody@example.org"


def test_a_plan_from_a_redacted_snapshot_cannot_be_applied(example: Organization) -> None:
    """It cannot tell one e-mail that the YAML no longer has from another."""
    example.converge()
    content = snapshot_of(example, redact=True)
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    made = plan_from(example, content)
    causes = {str(change.address): change.cause for change in made.plan.changes}
    assert causes == {"account:developer-alice": Cause.UNKNOWN, "baseline:developer-alice": Cause.UNKNOWN}
    assert digest(made) == command_to_apply(made) == ""
    reviewed = planfile.read(planfile.text(describe(made)), "plan.json")
    fresh = example.plan().review
    with pytest.raises(BlockedError, match="made from a redacted snapshot") as caught:
        verify_plan(reviewed, fresh)
    assert "--redact" in caught.value.hint
    with pytest.raises(BlockedError, match="not the digest of a plan"):
        verify_digest(reviewed.digest, fresh)

    # The same plan from a snapshot with e-mails can.
    reviewed = planfile.read(planfile.text(describe(plan_from(example, snapshot_of(example)))), "plan.json")
    verify_plan(reviewed, fresh)
    verify_digest(reviewed.digest, fresh)


def test_it_holds_no_secret(example: Organization) -> None:
    example.converge()
    content = snapshot_of(example)
    for key in ("developer-alice", "orders-production"):
        secrets = example.client("secretsmanager", example.accounts()[key], "eu-west-1")
        secrets.put_secret_value(SecretId="orders/payment-api", SecretString="hunter2")
        value = secrets.get_secret_value(SecretId="orders/database")["SecretString"]
        assert json.loads(value)["password"] not in content
    assert "hunter2" not in snapshot_of(example)


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
    content = snapshot_of(small)
    told = planfile.text(describe(both(small, content)))
    for found in (content, told):
        assert all(name in found for name in ("policy ***", "OU ***", "aws+other"))
        assert token not in found


def test_what_a_snapshot_does_not_hold_is_inaccessible_and_planned_as_absent(example: Organization) -> None:
    """The baseline of an account that was no developer's when the snapshot was taken."""
    example.converge()
    example.make_account("c@example.com", "carol")
    content = snapshot_of(example)
    example.write("account_specs/carol.yaml", "developer: {name: carol, email: c@example.com, owner: c@example.com}\n")
    (inaccessible,) = plan_from(example, content).plan.inaccessible
    assert str(inaccessible.address) == "baseline:developer-carol"
    assert "the snapshot does not hold this call" in inaccessible.reason


def test_a_policy_that_a_snapshot_does_not_hold_needs_a_new_snapshot(example: Organization) -> None:
    """An unmanaged one, with the name of a guardrail that the YAML has since."""
    example.converge()
    example.client("organizations").create_policy(
        Name="kms.deny-deletion",
        Type="SERVICE_CONTROL_POLICY",
        Description="somebody else's",
        Content='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}',
    )
    content = snapshot_of(example)
    example.edit(
        "account_specs/organization.yaml", "Workloads/Beta:", "Workloads/Beta: {guardrails: [kms.deny-deletion]}"
    )
    with pytest.raises(BootstrapError, match=r"does not hold the text of the policy kms\.deny-deletion") as caught:
        plan_from(example, content)
    assert "snapshot --out" in caught.value.hint
    assert both(example, snapshot_of(example)).blockers


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"format": 2', '"format": 7', "is not a snapshot of this version: format"),
        ('"tool": "0.1.0"', '"tool": "9.9.9"', r"was taken by version 9\.9\.9, and this is 0\.1\.0"),
        ("{", "", "is not a snapshot of this version: the file: Invalid JSON"),
        ('"taken"', '"when"', "is not a snapshot of this version: taken: Field required"),
        # A snapshot may be a stranger's, and what is printed of it be read by a runner of CI.
        ('12:00:00Z"', '12:00:00Z\\n::error::x"', "is not a snapshot of this version: taken: String should match"),
        ('"account": "', '"account": "\\n::error::', "is not a snapshot of this version: account: String should match"),
        ('"tool": "0.1.0"', '"tool": "\\n::error::x"', r"was taken by version \\n::error::x, and"),
        ('"taken"', '"\\n::error::x": 1, "taken"', r"is not a snapshot of this version: \\n::error::x: Extra"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_a_hint(example: Organization, old: str, new: str, words: str) -> None:
    content = snapshot_of(example)
    assert old in content
    with pytest.raises(BootstrapError, match=words) as caught:
        read_snapshot(content.replace(old, new, 1), "snapshot.json")
    assert "snapshot --out" in caught.value.hint
