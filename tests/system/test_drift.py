"""What was changed outside is told apart from what the YAML asks for now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Cause
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from bootstrap.render.drift import describe_drift, is_drift, render_drift
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


def test_drift_is_told_apart_from_what_is_asked_for(example: Organization) -> None:
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
    assert found["surplus:ou:Infrastructure"] is Cause.DRIFT
    assert found["account:developer-alice"] is Cause.ASKED
    assert found["baseline:developer-alice"] is Cause.ASKED  # its budget tells the owner
    text = render_text(example.plan().review)
    asked, _, drift = text.partition("Changed outside since it was last applied, and put back:")
    assert "~ account:developer-alice" in asked
    assert "~ account:orders-beta" in drift
    example.converge()
    assert causes(example) == {}

    # Asked for and changed outside at once.
    organizations.tag_resource(
        ResourceId=accounts["developer-bob"], Tags=[{"Key": "org-bootstrap:owner", "Value": "x"}]
    )
    example.edit("account_specs/developers/bob.yaml", "owner: bob@example.com", "owner: rob@example.com")
    assert causes(example)["account:developer-bob"] is Cause.BOTH
    assert "also changed outside" in render_text(example.plan().review)


def test_of_what_was_ours_the_plan_says_that_somebody_took_off_the_tag(small: Organization) -> None:
    small.converge()
    organizations, ou = small.client("organizations"), small.ous()["Workloads"]
    for thing in (ou, small.accounts()["tooling"]):
        organizations.untag_resource(ResourceId=thing, TagKeys=[KEY_TAG])
    assert [(str(change.address), change.cause, change.remarks) for change in small.plan().plan.changes] == [
        (here, Cause.DRIFT, ("somebody took off the tag that makes it ours",))
        for here in ("account:tooling", "ou:Workloads")
    ]
    small.converge()


def test_what_a_run_that_died_has_half_changed_is_nobody_else_s_doing(example: Organization) -> None:
    """It forgot the account first, then renamed it, and died before it wrote the tags."""
    example.converge()
    example.edit(ALICE, "name: alice", "name: alice\n  account_name: Alice")
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    assert apply_and_die_after(example, 2)
    assert "Alice" in example.accounts()
    assert causes(example)["account:developer-alice"] is Cause.UNKNOWN
    example.converge()
    assert causes(example) == {}


def test_what_goes_after_a_run_that_failed_on_it_is_not_told_as_asked_for(
    small: Organization, emulator: Emulator
) -> None:
    """The run forgot the baseline first: that it is gone now may be anybody's doing."""
    small.converge()
    small.edit(ORGANIZATION, "monthly_usd: 50", "monthly_usd: 51")
    emulator.fail_next("cloudformation.CreateChangeSet", "expired_token", times=50)
    assert not small.apply().complete
    cloudformation = small.client("cloudformation", small.accounts()["developer-alice"], "eu-west-1")
    for stack in (BASELINE_STACK, BUDGET_STACK):
        cloudformation.delete_stack(StackName=stack)
    assert causes(small) == {"baseline:developer-alice": Cause.UNKNOWN}


def test_what_cannot_be_read_is_gone_before_anything_is_changed(small: Organization) -> None:
    """Read again once it is whole, it would tell of what was before the change."""
    small.converge()
    ssm, here = small.client("ssm"), "/org-bootstrap/applied"
    ssm.put_parameter(Name=f"{here}/001", Value="AAAA", Type="String")  # of more shards than the mark tells
    small.edit(ORGANIZATION, "monthly_usd: 50", "monthly_usd: 51")
    assert causes(small) == {"baseline:developer-alice": Cause.UNKNOWN}
    apply_and_die_after(small, 3)
    assert not ssm.get_parameters_by_path(Path=here)["Parameters"]
    small.converge()
    small.edit(ORGANIZATION, "monthly_usd: 51", "monthly_usd: 52")
    assert causes(small) == {"baseline:developer-alice": Cause.ASKED}


def test_a_guardrail_that_the_yaml_drops_or_swaps_is_asked_for(example: Organization) -> None:
    example.converge()
    example.edit(ORGANIZATION, ", s3.protect-bpa]", "]")
    example.edit(ORGANIZATION, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [kms.deny-deletion]")
    found = causes(example)
    assert {address: found[address] for address in found if "ou:Work" in address} == {
        "surplus:ou:Workloads": Cause.ASKED,
        "surplus:ou:Workloads/Production": Cause.ASKED,
        "attachments:ou:Workloads/Production": Cause.ASKED,
    }
    # As much is done as the YAML asks for, but for one OU; then the other is no drift, either.
    assert example.apply(targets=["ou:Workloads/Production"]).complete
    assert causes(example)["surplus:ou:Workloads"] is Cause.ASKED


def test_a_guardrail_of_which_only_what_comes_was_selected_is_no_drift(small: Organization) -> None:
    """The new account waits for what is attached to its OU, and not for what goes there."""
    small.converge()
    small.edit(ORGANIZATION, "guardrails: [budget.protect]", "guardrails: [kms.deny-deletion]")
    small.write("account_specs/new.yaml", "developer: {name: new, email: new@example.com, owner: a@example.com}\n")
    assert small.apply(targets=["account:developer-new"]).complete
    left = {"surplus:ou:Workloads/Developers": Cause.ASKED, "policy:budget.protect": Cause.ASKED}
    assert causes(small) == left

    # What somebody else does there is told all the same, before such an apply and after it.
    organizations, ou = small.client("organizations"), small.ous()["Workloads/Developers"]
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    organizations.attach_policy(PolicyId=policies["root.deny"], TargetId=ou)
    assert causes(small) == {**left, "surplus:ou:Workloads/Developers": Cause.BOTH}
    small.edit(ORGANIZATION, "guardrails: [kms.deny-deletion]", "guardrails: [kms.deny-deletion, iam.deny-users]")
    small.write("account_specs/more.yaml", "developer: {name: more, email: more@example.com, owner: a@example.com}\n")
    assert small.apply(targets=["account:developer-more"]).complete
    assert causes(small) == {**left, "surplus:ou:Workloads/Developers": Cause.BOTH}
    small.converge()


def test_a_guardrail_that_somebody_swaps_is_drift_and_both_are_told_as_both(example: Organization) -> None:
    example.converge()
    organizations, ou = example.client("organizations"), example.ous()["Workloads/Production"]
    policies = {p["Name"]: p["Id"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    organizations.detach_policy(PolicyId=policies["secrets.protect"], TargetId=ou)
    organizations.attach_policy(PolicyId=policies["region.limit"], TargetId=ou)
    found = causes(example)
    assert found == {
        "attachments:ou:Workloads/Production": Cause.DRIFT,
        "surplus:ou:Workloads/Production": Cause.DRIFT,
    }
    example.edit(ORGANIZATION, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [kms.deny-deletion]")
    found = causes(example)
    assert found["attachments:ou:Workloads/Production"] is Cause.BOTH
    assert found["surplus:ou:Workloads/Production"] is Cause.BOTH


def test_what_could_not_be_looked_at_is_not_told_as_gone(example: Organization) -> None:
    example.converge()
    lock(example, "developer-bob")
    assert causes(example) == {"baseline:developer-bob": Cause.UNKNOWN}


def test_what_the_yaml_has_no_more_and_somebody_changed_or_tagged_as_ours_is_drift(example: Organization) -> None:
    """Nothing asks for it, so that no plan would put it back."""
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
    assert not is_drift(example.plan().review, ())

    organizations, accounts = example.client("organizations"), example.accounts()
    owner = {"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}
    organizations.tag_resource(ResourceId=accounts["orders-production"], Tags=[owner])
    rogue = example.make_account("billing@example.org", "billing")
    organizations.tag_resource(ResourceId=rogue, Tags=[{"Key": "org-bootstrap:key", "Value": "billing"}])
    review = example.plan().review
    assert sorted(map(str, review.plan.retained_drift)) == ["account:billing", "account:orders-production"]
    text = render_drift(review, ())
    assert "account:billing\n  account:orders-production\n" in text
    assert text.endswith("Drift: 2 no longer in the YAML.")
    assert [item["address"] for item in json.loads(describe_drift(review, ()))["kept"]] == [
        "account:billing",
        "account:orders-production",
    ]
    assert "  account:billing (new or changed since the YAML was last applied)" in render_text(review)

    # What was told and left alone once is known.
    example.converge()
    assert not is_drift(example.plan().review, ())


def test_a_baseline_that_the_yaml_has_no_more_and_somebody_took_down_is_told_once(example: Organization) -> None:
    example.converge()
    example.remove("account_specs/developers/alice.yaml")
    example.converge()
    assert not is_drift(example.plan().review, ())
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
        assert not is_drift(example.plan().review, ())
    assert "baseline:developer-alice" not in {str(resource.address) for resource in example.plan().plan.retained}


def test_drift_says_what_of_it_takes_a_word_or_is_not_put_back_at_all(example: Organization) -> None:
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
        assert "Drift: 1 put back by the next apply, 2 put back only with a word, if at all." in text
        assert "--approve root:root.deny" in text
        assert "no word overrides this" in text
    told = json.loads(describe_drift(review, ()))["blockers"]
    assert {blocker["token"] for blocker in told} == {"root:root.deny", ""}
    # What stands against what is asked for is none of it.
    example.edit("account_specs/developers/bob.yaml", "name: bob", "name: bob\n  state: closed")
    assert len(json.loads(describe_drift(example.plan().review, ()))["blockers"]) == 2
