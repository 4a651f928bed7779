"""Accounts, OUs, policies and secret entries as the YAML changes: nothing is lost, and nothing is created twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import workflow
from bootstrap.model.errors import BlockedError
from bootstrap.model.resource import Address
from bootstrap.resources.registry import KINDS
from tests.system.organization import ON_THE_ROOT, fill

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from bootstrap.workflow import Planned
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ALICE = "account_specs/developers/alice.yaml"
ORDERS = "account_specs/applications/orders.yaml"
ENTRIES = "secrets_layout/orders.yaml"


def changes(planned: Planned) -> list[str]:
    return [f"{change.action} {change.address}" for change in planned.plan.changes]


def value(organization: Organization, account: str, name: str) -> Any:
    secrets = organization.client("secretsmanager", organization.accounts()[account], "eu-west-1")
    return secrets.get_secret_value(SecretId=name)["SecretString"]


def test_a_new_developer_is_an_account_and_a_baseline(example: Organization) -> None:
    example.converge()
    example.write(
        "account_specs/developers/carol.yaml",
        "developer: {name: carol, email: aws+carol@example.com, owner: carol@example.com}\n",
    )
    assert changes(example.plan()) == ["create account:developer-carol", "create baseline:developer-carol"]
    example.converge()


def test_a_removed_line_closes_nothing_and_removes_no_secret(example: Organization) -> None:
    example.converge()
    before = value(example, "orders-beta", "orders/database")
    example.remove(ALICE)
    example.remove(ORDERS)
    example.remove(ENTRIES)
    planned = example.plan()
    retained = {str(resource.address) for resource in planned.plan.retained}
    assert {"account:developer-alice", "account:orders-production", "baseline:orders-beta"} <= retained
    assert "delete" not in {change.action for change in planned.plan.changes}
    example.converge()
    states = example.client("organizations").list_accounts()["Accounts"]
    assert {account["State"] for account in states} == {"ACTIVE"}
    assert value(example, "orders-beta", "orders/database") == before


def test_an_account_is_renamed_and_moved_in_place(example: Organization) -> None:
    example.converge()
    before = example.accounts()["developer-alice"]
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  account_name: Alice in Berlin\n")
    example.edit(FILE, "Workloads/Developers", "Workloads/Labs")
    example.converge()
    assert example.accounts()["Alice in Berlin"] == before
    parents = example.client("organizations").list_parents(ChildId=before)["Parents"]
    assert [parent["Id"] for parent in parents] == [example.ous()["Workloads/Labs"]]
    assert "Workloads/Developers" not in example.ous()


def test_a_new_key_renames_an_account_because_its_email_is_its_identity(example: Organization) -> None:
    example.converge()
    before = example.accounts()["developer-alice"]
    example.edit(ALICE, "name: alice", "name: alicia")
    assert "create" not in {change.action for change in example.plan().plan.changes}
    example.converge()
    assert example.accounts()["developer-alicia"] == before


def test_an_account_with_the_email_is_imported_whatever_its_case(example: Organization) -> None:
    organizations = example.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    before = example.make_account("AWS+Alice@example.com", "old name")
    organizations.create_organizational_unit(ParentId=organizations.list_roots()["Roots"][0]["Id"], Name="Security")
    imported = "existing, unmanaged resource; will be imported"
    assert {str(change.address) for change in example.plan().plan.changes if imported in change.remarks} == {
        "account:developer-alice",
        "ou:Security",
    }
    example.converge(*ON_THE_ROOT)
    assert example.accounts()["developer-alice"] == before


@pytest.mark.parametrize("email", ["aws+alice@example.com", "someone@example.org"])
def test_a_creation_that_a_dead_run_began_is_not_begun_again(example: Organization, email: str) -> None:
    """AWS tells the name of a request, not its e-mail: one of the same name may be somebody else's."""
    organizations = example.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    aws = example.aws()
    planned = example.plan(aws=aws)
    organizations.create_account(Email=email, AccountName="developer-alice")
    assert Address("account", "developer-alice") in {change.address for change in planned.plan.changes}
    assert workflow.apply(planned, KINDS, aws).complete
    is_ours = email == "aws+alice@example.com"
    assert aws.metrics.calls["organizations.CreateAccount"] == (5 if is_ours else 6)
    listed = organizations.list_accounts()["Accounts"]
    assert [account["Email"] for account in listed].count("aws+alice@example.com") == 1
    assert not example.plan().plan


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_an_account_is_created_once_though_the_answer_is_lost(
    example: Organization, emulator: Emulator, fault: str
) -> None:
    lost = emulator.fail_next("organizations.CreateAccount", fault, times=3)
    example.converge()
    assert lost.struck == 3
    asked = [call for call in emulator.calls() if call.action == "organizations.CreateAccount" and call.effect]
    assert len(asked) == 6


def test_closing_needs_state_closed_and_an_approval_with_its_name(example: Organization) -> None:
    example.converge()
    account = example.accounts()["developer-alice"]
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  state: closed\n")
    with pytest.raises(BlockedError) as refused:
        example.apply()
    assert "--approve close:developer-alice" in refused.value.hint
    assert example.apply("close:developer-alice").complete
    found = example.client("organizations").describe_account(AccountId=account)["Account"]
    assert found["State"] in {"PENDING_CLOSURE", "CLOSED"}
    assert changes(example.plan()) == []


def test_a_closed_email_is_refused_for_a_new_account(example: Organization) -> None:
    example.converge()
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  state: closed\n")
    example.apply("close:developer-alice")
    example.edit(ALICE, "  state: closed\n", "")
    planned = example.plan()
    assert [blocker.address.name for blocker in planned.review.blockers] == ["developer-alice"]
    assert "only AWS support" in planned.review.blockers[0].reason


def test_a_changed_email_is_refused_because_it_would_create_a_second_account(example: Organization) -> None:
    example.converge()
    example.edit(ALICE, "aws+alice@example.com", "aws+alice-2@example.com")
    planned = example.plan()
    assert [str(blocker.address) for blocker in planned.review.blockers] == ["account:developer-alice"]
    with pytest.raises(BlockedError):
        planned.check()


def test_an_approval_that_nothing_needs_is_refused(example: Organization) -> None:
    example.converge()
    planned = example.plan("close:developer-alice")
    assert planned.review.blockers == (), "the plan can be read all the same"
    with pytest.raises(BlockedError, match="nothing in this plan needs --approve close:developer-alice"):
        planned.check()
    with pytest.raises(BlockedError):
        example.apply("close:developer-alice")


def test_an_ou_with_an_unmanaged_account_is_not_deleted(example: Organization) -> None:
    example.converge()
    organizations = example.client("organizations")
    theirs = example.make_account("someone@example.org", "theirs")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.move_account(
        AccountId=theirs,
        SourceParentId=root,
        DestinationParentId=example.ous()["Workloads/Developers"],
    )
    example.edit(FILE, "Workloads/Developers", "Workloads/Labs")
    planned = example.plan()
    assert [str(blocker.address) for blocker in planned.review.blockers] == ["ou:Workloads/Developers"]
    assert "account:someone@example.org is not deleted and is still inside ou:" in planned.review.blockers[0].reason


def test_unmanaged_resources_are_reported_and_left_alone(example: Organization) -> None:
    example.converge()
    organizations = example.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    ou = organizations.create_organizational_unit(ParentId=root, Name="Theirs")["OrganizationalUnit"]["Id"]
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    policy = organizations.create_policy(
        Name="theirs", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(deny)
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=ou)
    organizations.attach_policy(PolicyId=policy, TargetId=example.ous()["Workloads"])
    planned = example.plan()
    assert changes(planned) == []
    assert {str(item.address): item.detail for item in planned.plan.unmanaged} == {
        "ou:Theirs": "an OU that is not in the YAML",
        "policy:theirs": "a policy that is not in the YAML, attached to ou:Workloads",
    }
    report = example.destroy("destroy:example")
    assert report.complete
    assert set(example.ous()) == {"Theirs", "Workloads"} or set(example.ous()) == {"Theirs"}


def test_a_policy_of_the_same_name_is_imported_only_with_an_approval(example: Organization) -> None:
    organizations = example.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    organizations.create_policy(
        Name="region.limit", Description="theirs", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(deny)
    )
    planned = example.plan()
    assert [blocker.token for blocker in planned.review.blockers] == ["adopt:policy:region.limit"]
    assert example.apply("adopt:policy:region.limit").complete
    assert changes(example.plan()) == []


def test_drift_of_policies_attachments_and_ous_is_reverted(example: Organization) -> None:
    example.converge()
    organizations, ous, accounts = example.client("organizations"), example.ous(), example.accounts()
    policies = {
        policy["Name"]: policy["Id"]
        for policy in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    }
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.detach_policy(PolicyId=policies["region.limit"], TargetId=ous["Workloads"])
    organizations.attach_policy(PolicyId=policies["trail.protect"], TargetId=accounts["developer-bob"])
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    organizations.update_policy(PolicyId=policies["root.deny"], Content=json.dumps(deny))
    organizations.move_account(
        AccountId=accounts["orders-production"], SourceParentId=ous["Workloads/Production"], DestinationParentId=root
    )
    organizations.untag_resource(ResourceId=accounts["developer-alice"], TagKeys=["org-bootstrap:owner"])
    assert sorted(changes(example.plan())) == [
        "create attachment:region.limit@Workloads",
        "delete attachment:trail.protect@account:developer-bob",
        "update account:developer-alice",
        "update account:orders-production",
        "update policy:root.deny",
    ]
    example.converge("root:root.deny")


def test_an_edit_of_an_entry_keeps_its_value_and_a_removed_entry_keeps_it_too(example: Organization) -> None:
    example.converge()
    before = value(example, "orders-production", "orders/database")
    example.edit(ENTRIES, "The database that holds the orders.", "Where the orders are.")
    example.converge()
    assert value(example, "orders-production", "orders/database") == before
    text = (example.directory / ENTRIES).read_text("utf-8")
    start, end = text.index("  orders/database:"), text.index("  orders/session-signing:")
    example.write(ENTRIES, text[:start] + text[end:])
    example.converge()
    assert value(example, "orders-production", "orders/database") == before
    example.write(ENTRIES, text)
    example.converge()
    assert value(example, "orders-production", "orders/database") == before


def test_a_new_value_needs_an_approval_with_its_account_and_name(example: Organization) -> None:
    """CloudFormation generates a new value when any part of the rule changes, even of the keys beside it."""
    example.converge()
    before = {name: value(example, name, "orders/database") for name in ("orders-beta", "orders-production")}
    example.edit(ENTRIES, "with_keys: {username: orders}", "with_keys: {username: shop}")
    planned = example.plan()
    tokens = [blocker.token for blocker in planned.review.blockers]
    accounts = ["developer-alice", "developer-bob", "orders-beta", "orders-production"]
    assert tokens == [f"regenerate:{account}/orders/database" for account in accounts]
    with pytest.raises(BlockedError):
        planned.check()
    assert {name: value(example, name, "orders/database") for name in before} == before
    assert example.apply(*tokens).complete
    after = {name: value(example, name, "orders/database") for name in before}
    assert after["orders-beta"] != before["orders-beta"]
    assert json.loads(after["orders-beta"])["username"] == "shop"


def test_the_home_region_does_not_move(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "home_region: eu-west-1", "home_region: us-east-1")
    planned = example.plan()
    (blocker,) = [blocker for blocker in planned.review.blockers if blocker.address.kind == "organization"]
    assert blocker.token == ""
    assert "set `home_region: eu-west-1`" in blocker.hint


def test_tags_of_the_organization_that_somebody_changed_are_reverted(example: Organization) -> None:
    """Nothing else in AWS tells where the baselines are."""
    example.converge()
    organizations = example.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    tags = {"org-bootstrap:home-region": "us-east-1", "org-bootstrap:key": "other"}
    organizations.tag_resource(ResourceId=root, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    planned = example.plan()
    assert planned.review.blockers == ()
    assert [str(change.address) for change in planned.plan.changes] == ["organization:example"]
    example.converge()


def test_a_region_edited_too_early_hides_nothing_from_destroy(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "home_region: eu-west-1", "home_region: us-east-1")
    assert example.destroy("destroy:example").complete
    cloudformation = example.client("cloudformation", example.accounts()["orders-beta"], "eu-west-1")
    assert cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []


def test_after_destroying_the_home_region_is_free(example: Organization) -> None:
    example.converge()
    assert example.destroy("destroy:example").complete
    example.edit(FILE, "home_region: eu-west-1", "home_region: us-east-1")
    assert not example.plan(*ON_THE_ROOT).review.blockers


def test_destroying_leaves_accounts_open_and_values_in_place(example: Organization) -> None:
    example.converge()
    accounts = example.accounts()
    before = value(example, "orders-beta", "orders/database")
    with pytest.raises(BlockedError):
        example.destroy()
    assert example.destroy("destroy:example").complete
    assert example.ous() == {}
    organizations = example.client("organizations")
    assert {account["State"] for account in organizations.list_accounts()["Accounts"]} == {"ACTIVE"}
    names = {p["Name"] for p in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    assert names == {"FullAWSAccess"}
    cloudformation = example.client("cloudformation", accounts["orders-beta"], "eu-west-1")
    assert cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []
    assert value(example, "orders-beta", "orders/database") == before
    example.converge(*ON_THE_ROOT)
    assert value(example, "orders-beta", "orders/database") == before
    assert example.accounts() == accounts


def test_destroying_closes_only_the_account_whose_closing_is_approved(example: Organization) -> None:
    example.converge()
    account = example.accounts()["developer-bob"]
    report = example.destroy("destroy:example", "close:developer-bob")
    assert report.complete
    # Nobody enters an account that is being closed: what is in it goes with it.
    assert "baseline:developer-bob" not in {str(outcome.change.address) for outcome in report.outcomes}
    found = {a["Id"]: a["State"] for a in example.client("organizations").list_accounts()["Accounts"]}
    assert found.pop(account) in {"PENDING_CLOSURE", "CLOSED"}
    assert set(found.values()) == {"ACTIVE"}
    # Done again, there is nothing to do and nothing to approve.
    assert example.destroy().outcomes == ()


def test_on_a_full_target_one_policy_replaces_another(example: Organization) -> None:
    """AWS takes ten policies on a target: with no slot for both, the old one is detached right before."""
    example.converge()
    organizations, ou = example.client("organizations"), fill(example, "Workloads/Production", 7)
    example.edit(
        FILE, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [iam.deny-users, kms.deny-deletion]"
    )
    example.converge()
    found = organizations.list_policies_for_target(TargetId=ou, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    names = {policy["Name"] for policy in found}
    assert len(names) == 10
    assert {"FullAWSAccess", "iam.deny-users", "kms.deny-deletion"} <= names


def test_an_ou_may_have_any_name_that_can_be_read(example: Organization) -> None:
    names = ("R&D", "งานวิจัย", "👩‍💻 ${x", "*'\"<b>`|")
    made = "".join(
        f"  {json.dumps('Workloads/' + name, ensure_ascii=False)}: {{guardrails: [kms.deny-deletion]}}\n"
        for name in names
    )
    example.edit("account_specs/organization.yaml", "organizational_units:\n", f"organizational_units:\n{made}")
    example.converge()
    assert {f"Workloads/{name}" for name in names} <= example.ous().keys()
    assert not example.plan(targets=["ou:Workloads/R&D"]).plan


def test_on_a_full_target_whose_name_has_an_at_sign_one_policy_replaces_another(small: Organization) -> None:
    """The address of an attachment has the sign between the policy and the target."""
    small.edit(FILE, "  Workloads/Developers:\n", "  Workloads/Developers:\n  R@D: {guardrails: [root.deny]}\n")
    small.converge()
    organizations, ou = small.client("organizations"), fill(small, "R@D", 8)
    small.edit(FILE, "  R@D: {guardrails: [root.deny]}", "  R@D: {guardrails: [kms.deny-deletion]}")
    small.converge()
    found = organizations.list_policies_for_target(TargetId=ou, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    names = {policy["Name"] for policy in found}
    assert len(names) == 10
    assert "kms.deny-deletion" in names
    assert "root.deny" not in names
