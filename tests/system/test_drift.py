"""A plan tells drift, what somebody changed in AWS, from what the YAML asks for now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Cause
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from bootstrap.render.drift import describe_drift, find_drift, render_drift
from bootstrap.render.text import render_text
from tests.system.deaths import apply_and_die_after
from tests.system.test_drift_kinds import policy
from tests.system.test_late import lock

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

ORGANIZATION = "account_specs/organization.yaml"
ALICE = "account_specs/developers/alice.yaml"


def causes(organization: Organization) -> dict[str, Cause]:
    return {str(change.address): change.cause for change in organization.plan().plan.changes}


def test_drift_and_what_is_asked_for_are_told_apart(example: Organization) -> None:
    assert set(causes(example).values()) == {Cause.UNKNOWN}  # nothing was ever applied
    example.converge()

    organizations = example.client("organizations")
    accounts, ous = example.accounts(), example.ous()
    organizations.move_account(
        AccountId=accounts["orders-beta"],
        SourceParentId=ous["Workloads/Beta"],
        DestinationParentId=ous["Workloads/Developers"],
    )
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    region = next(policy for policy in policies if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=region["Id"], TargetId=ous["Infrastructure"])

    found = causes(example)
    assert found["account:orders-beta"] is Cause.DRIFT
    assert found["attachment:region.limit@Infrastructure"] is Cause.DRIFT
    assert found["account:developer-alice"] is Cause.ASKED
    assert found["baseline:developer-alice"] is Cause.ASKED  # its budget tells the owner
    text = render_drift(example.plan().review, ())
    assert "account:developer-alice" not in text
    assert "~ account:orders-beta" in text
    example.converge()
    assert causes(example) == {}

    # Asked for and changed outside at once.
    organizations.tag_resource(
        ResourceId=accounts["developer-bob"], Tags=[{"Key": "org-bootstrap:owner", "Value": "x"}]
    )
    example.edit("account_specs/developers/bob.yaml", "owner: bob@example.com", "owner: rob@example.com")
    assert causes(example)["account:developer-bob"] is Cause.BOTH
    assert "~ account:developer-bob" in render_drift(example.plan().review, ())


def test_a_plan_says_that_somebody_removed_the_tag_of_a_managed_resource(small: Organization) -> None:
    small.converge()
    organizations, ou = small.client("organizations"), small.ous()["Workloads"]
    for thing in (ou, small.accounts()["tooling"]):
        organizations.untag_resource(ResourceId=thing, TagKeys=[KEY_TAG])
    assert [(str(change.address), change.cause, change.remarks) for change in small.plan().plan.changes] == [
        (here, Cause.DRIFT, ("somebody removed the tag that marks it as managed",))
        for here in ("account:tooling", "ou:Workloads")
    ]
    small.converge()


def test_what_a_run_that_died_has_half_changed_has_no_known_cause(example: Organization) -> None:
    """It removed the record first, then renamed the account, and died before it wrote the tags."""
    example.converge()
    example.edit(ALICE, "name: alice", "name: alice\n  account_name: Alice")
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    assert apply_and_die_after(example, 2)
    assert "Alice" in example.accounts()
    assert causes(example)["account:developer-alice"] is Cause.UNKNOWN
    example.converge()
    assert causes(example) == {}


def test_what_somebody_deletes_after_a_failed_run_has_no_known_cause(small: Organization, emulator: Emulator) -> None:
    """The run removed the record of the baseline first: anybody may have deleted it."""
    small.converge()
    small.edit(ORGANIZATION, "monthly_usd: 50", "monthly_usd: 51")
    emulator.fail_next("cloudformation.CreateChangeSet", "expired_token", times=50)
    assert not small.apply().complete
    cloudformation = small.client("cloudformation", small.accounts()["developer-alice"], "eu-west-1")
    for stack in (BASELINE_STACK, BUDGET_STACK):
        cloudformation.delete_stack(StackName=stack)
    assert causes(small) == {"baseline:developer-alice": Cause.UNKNOWN}


def test_records_that_cannot_be_read_are_deleted_before_anything_is_changed(small: Organization) -> None:
    """Made readable later, they would tell what was before the change."""
    small.converge()
    ssm, here = small.client("ssm"), "/org-bootstrap/applied"
    ssm.put_parameter(Name=f"{here}/001", Value="AAAA", Type="String")  # more shards than the header says
    small.edit(ORGANIZATION, "monthly_usd: 50", "monthly_usd: 51")
    assert causes(small) == {"baseline:developer-alice": Cause.UNKNOWN}
    apply_and_die_after(small, 3)
    assert not ssm.get_parameters_by_path(Path=here)["Parameters"]
    small.converge()
    small.edit(ORGANIZATION, "monthly_usd: 51", "monthly_usd: 52")
    assert causes(small) == {"baseline:developer-alice": Cause.ASKED}


def test_a_guardrail_that_the_yaml_removes_or_replaces_is_asked_for(example: Organization) -> None:
    example.converge()
    example.edit(ORGANIZATION, ", s3.protect-bpa]", "]")
    example.edit(ORGANIZATION, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [kms.deny-deletion]")
    found = causes(example)
    assert {address: found[address] for address in found if "@Work" in address} == {
        "attachment:s3.protect-bpa@Workloads": Cause.ASKED,
        "attachment:iam.deny-users@Workloads/Production": Cause.ASKED,
        "attachment:secrets.protect@Workloads/Production": Cause.ASKED,
        "attachment:kms.deny-deletion@Workloads/Production": Cause.ASKED,
    }
    # Applied for one OU alone, the other is still no drift.
    assert example.apply(targets=["ou:Workloads/Production"]).complete
    assert causes(example)["attachment:s3.protect-bpa@Workloads"] is Cause.ASKED


def test_a_detach_that_was_left_out_is_no_drift(small: Organization) -> None:
    """The new account waits for what is attached to its OU, and not for what is detached there."""
    small.converge()
    small.edit(ORGANIZATION, "guardrails: [budget.protect]", "guardrails: [kms.deny-deletion]")
    small.write("account_specs/new.yaml", "developer: {name: new, email: new@example.com, owner: a@example.com}\n")
    assert small.apply(targets=["account:developer-new"]).complete
    left = {"attachment:budget.protect@Workloads/Developers": Cause.ASKED, "policy:budget.protect": Cause.ASKED}
    assert causes(small) == left

    # What somebody else does there is drift, before such an apply and after it.
    organizations, ou = small.client("organizations"), small.ous()["Workloads/Developers"]
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    organizations.attach_policy(PolicyId=policies["root.deny"], TargetId=ou)
    assert causes(small) == {**left, "attachment:root.deny@Workloads/Developers": Cause.DRIFT}
    small.edit(ORGANIZATION, "guardrails: [kms.deny-deletion]", "guardrails: [kms.deny-deletion, iam.deny-users]")
    small.write("account_specs/more.yaml", "developer: {name: more, email: more@example.com, owner: a@example.com}\n")
    assert small.apply(targets=["account:developer-more"]).complete
    assert causes(small) == {**left, "attachment:root.deny@Workloads/Developers": Cause.DRIFT}
    small.converge()


def test_a_guardrail_that_somebody_replaces_is_drift_and_one_that_the_yaml_replaces_too_is_asked_for(
    example: Organization,
) -> None:
    example.converge()
    organizations, ou = example.client("organizations"), example.ous()["Workloads/Production"]
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    organizations.detach_policy(PolicyId=policies["secrets.protect"], TargetId=ou)
    organizations.attach_policy(PolicyId=policies["region.limit"], TargetId=ou)
    found = causes(example)
    assert found == {
        "attachment:secrets.protect@Workloads/Production": Cause.DRIFT,
        "attachment:region.limit@Workloads/Production": Cause.DRIFT,
    }
    example.edit(ORGANIZATION, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [kms.deny-deletion]")
    found = causes(example)
    assert found["attachment:kms.deny-deletion@Workloads/Production"] is Cause.ASKED
    assert found["attachment:iam.deny-users@Workloads/Production"] is Cause.ASKED
    assert found["attachment:region.limit@Workloads/Production"] is Cause.DRIFT
    assert "attachment:secrets.protect@Workloads/Production" not in found


def test_what_could_not_be_read_has_no_known_cause(example: Organization) -> None:
    example.converge()
    lock(example, "developer-bob")
    assert causes(example) == {"baseline:developer-bob": Cause.UNKNOWN}


def test_a_retained_resource_that_somebody_changed_or_tagged_is_drift(example: Organization) -> None:
    """The YAML does not have it, so that no plan would revert it."""
    example.converge()
    example.edit(
        "account_specs/applications/orders.yaml",
        "    production:\n      email: aws+orders-production@example.com\n",
        "",
    )
    example.edit("secrets_layout/orders.yaml", ", production]", "]")
    # Not applied yet, it is as the YAML had it.
    assert example.plan().plan.retained_drift == frozenset()
    example.converge()
    assert not find_drift(example.plan().review, ())

    organizations, accounts = example.client("organizations"), example.accounts()
    owner = {"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}
    organizations.tag_resource(ResourceId=accounts["orders-production"], Tags=[owner])
    rogue = example.make_account("billing@example.org", "billing")
    organizations.tag_resource(ResourceId=rogue, Tags=[{"Key": "org-bootstrap:key", "Value": "billing"}])
    review = example.plan().review
    assert sorted(map(str, review.plan.retained_drift)) == ["account:billing", "account:orders-production"]
    text = render_drift(review, ())
    assert "  account:billing\n  account:orders-production\n" in text
    assert [item["address"] for item in json.loads(describe_drift(review, ()))["retained"]] == [
        "account:billing",
        "account:orders-production",
    ]
    assert "  account:billing" in render_text(review)

    # What an apply has left alone once is known.
    example.converge()
    assert not find_drift(example.plan().review, ())


def test_a_retained_baseline_that_somebody_deleted_is_drift_until_the_next_apply(example: Organization) -> None:
    example.converge()
    example.remove("account_specs/developers/alice.yaml")
    example.converge()
    assert not find_drift(example.plan().review, ())
    account = example.accounts()["developer-alice"]
    cloudformation = example.client("cloudformation", account, "eu-west-1")
    for name in (BASELINE_STACK, BUDGET_STACK):
        cloudformation.delete_stack(StackName=name)
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    review = example.plan().review
    assert {str(address) for address in review.plan.retained_drift} == {"baseline:developer-alice"}
    assert "  baseline:developer-alice\n" in render_drift(review, ())
    for _ in range(2):
        example.converge()
        assert not find_drift(example.plan().review, ())
    assert "baseline:developer-alice" not in {str(resource.address) for resource in example.plan().plan.retained}


def test_drift_says_what_needs_an_approval_and_what_cannot_be_reverted(example: Organization) -> None:
    example.converge()
    organizations = example.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.detach_policy(PolicyId=policy(example, "root.deny"), TargetId=root)
    organizations.close_account(AccountId=example.accounts()["security"])
    tags = [{"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}]
    organizations.tag_resource(ResourceId=example.accounts()["tooling"], Tags=tags)
    review = example.plan().review
    for markdown in (False, True):
        text = render_drift(review, (), markdown=markdown)
        assert "--approve root:root.deny" in text
    blocked = json.loads(describe_drift(review, ()))["blocked"]
    assert {blocker["token"] for blocker in blocked} == {"root:root.deny", ""}
    # What blocks a change that is asked for does not count.
    example.edit("account_specs/developers/bob.yaml", "name: bob", "name: bob\n  state: closed")
    assert len(json.loads(describe_drift(example.plan().review, ()))["blocked"]) == 2
