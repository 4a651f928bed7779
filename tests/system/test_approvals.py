"""The changes that need an approval: which, with what token, and that it is enough."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import Action, Cause, Risk
from bootstrap.model.errors import BlockedError
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from bootstrap.planfile import describe, digest
from bootstrap.planfile.verify import verify_digest, verify_plan
from tests.system.organization import fill
from tests.system.test_drift_kinds import DENY

if TYPE_CHECKING:
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ROOT = "guardrails: [org.deny-leave, root.deny, roles.protect-org]"


def asked(organization: Organization) -> dict[str, str]:
    """The address of each blocker by its token; a change that has a blocker is of high risk."""
    planned = organization.plan()
    high = {str(change.address) for change in planned.plan.changes if change.risk is Risk.HIGH}
    assert high == {str(blocker.address) for blocker in planned.review.blockers}
    return {blocker.token: str(blocker.address) for blocker in planned.review.blockers}


def test_a_policy_on_the_root_needs_an_approval_once_there_are_accounts(example: Organization) -> None:
    assert asked(example) == {}
    example.converge()
    example.edit(FILE, ROOT, "guardrails: [org.deny-leave, root.deny, kms.deny-deletion]")
    example.edit(
        "scps/root-deny.yaml", "    Effect: Deny\n", "    Effect: Deny\n    NotResource: 'arn:aws:s3:::open/*'\n"
    )
    example.edit("scps/root-deny.yaml", '    Resource: "*"\n', "")
    tokens = asked(example)
    assert tokens == {
        "root:kms.deny-deletion": "attachment:kms.deny-deletion@Root",
        "root:roles.protect-org": "attachment:roles.protect-org@Root",
        "root:root.deny": "policy:root.deny",
    }
    example.converge(*tokens)


def test_unmanaged_accounts_count_where_a_policy_binds_them(small: Organization) -> None:
    organizations = small.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    assert asked(small) == {}
    theirs = small.make_account("somebody@example.org", "somebody")
    assert asked(small) == {"root:root.deny": "attachment:root.deny@Root"}
    assert binds(small, "root.deny@Root") == "binds 2 accounts: developer-alice, tooling, and 1 unmanaged"
    small.converge("root:root.deny")
    root, ou = organizations.list_roots()["Roots"][0]["Id"], small.ous()["Workloads/Developers"]
    organizations.move_account(AccountId=theirs, SourceParentId=root, DestinationParentId=ou)
    small.make_account("other@example.org", "other")
    small.edit(FILE, "[region.limit]", "[region.limit, kms.deny-deletion]")
    assert binds(small, "kms.deny-deletion@Workloads") == "binds 1 account: developer-alice, and 1 unmanaged"
    small.edit(FILE, "[root.deny]", "[root.deny, kms.deny-deletion]")
    assert binds(small, "kms.deny-deletion@Root") == "binds 2 accounts: developer-alice, tooling, and 2 unmanaged"
    # One approval destroys everything.
    organizations.move_account(AccountId=theirs, SourceParentId=ou, DestinationParentId=root)
    assert small.destroy("destroy:small").complete


def binds(organization: Organization, attachment: str) -> str:
    changes = organization.plan().plan.changes
    return next(change.remarks[0] for change in changes if str(change.address) == f"attachment:{attachment}")


def test_leaving_an_environment_needs_an_approval_and_returning_to_its_ou_does_not(example: Organization) -> None:
    example.converge()
    organizations, ous = example.client("organizations"), example.ous()
    organizations.move_account(
        AccountId=example.accounts()["orders-production"],
        SourceParentId=ous["Workloads/Production"],
        DestinationParentId=ous["Workloads/Developers"],
    )
    assert asked(example) == {}
    example.converge()
    example.edit("account_specs/developers/bob.yaml", "name: bob", "name: bob\n  environment: lab")
    example.edit(FILE, "  beta:\n", "  lab: {ou: Infrastructure, deploy: {account: tooling, role: ci}}\n  beta:\n")
    tokens = asked(example)
    assert tokens == {"leave:lab-bob": "account:lab-bob"}
    example.converge(*tokens)


def test_moving_an_environment_away_from_its_guardrails_needs_an_approval_for_each_account(
    example: Organization,
) -> None:
    example.converge()
    example.edit(FILE, "  Workloads/Production:\n", "  Playground:\n")
    example.edit(FILE, "    ou: Workloads/Production\n", "    ou: Playground\n")
    planned = example.plan()
    (blocker,) = (found for found in planned.review.blockers if found.token == "leave:orders-production")
    assert str(blocker.address) == "account:orders-production"
    assert blocker.reason.endswith(
        "loses these guardrails: guardduty.protect, region.limit, s3.protect-bpa, trail.protect"
    )
    # Under the same guardrails it is a move like any other.
    example.edit(FILE, "  Playground:\n", "  Workloads/Inventory:\n")
    example.edit(FILE, "    ou: Playground\n", "    ou: Workloads/Inventory\n")
    assert asked(example) == {}


def test_the_same_guardrail_with_other_parameters_is_another_guardrail(example: Organization) -> None:
    example.converge()
    values = "parameters: {region.limit: {allowed_regions: [eu-west-1, us-east-1, us-west-2]}}"
    loose = f"guardrails: [region.limit, trail.protect, guardduty.protect, s3.protect-bpa], {values}"
    example.edit(FILE, "  Workloads/Production:\n", f"  Loose: {{{loose}}}\n")
    example.edit(FILE, "    ou: Workloads/Production\n", "    ou: Loose\n")
    assert set(asked(example)) == {"leave:orders-production"}
    assert (
        example.plan()
        .review.blockers[0]
        .reason.endswith("loses these guardrails: region.limit (its current parameter values)")
    )
    example.converge("leave:orders-production")
    # With its OU the policy gets another name, and says the same.
    example.edit(FILE, "  Loose:", "  Playground:")
    example.edit(FILE, "    ou: Loose\n", "    ou: Playground\n")
    assert "policy:region.limit@Playground" in {str(change.address) for change in example.plan().plan.changes}
    assert asked(example) == {}


def test_moving_away_from_an_unmanaged_guardrail_needs_an_approval_too(example: Organization) -> None:
    example.edit(FILE, "  Security:\n", "  Security:\n  Vault:\n")
    example.converge()
    made = example.client("organizations").create_policy(
        Name="theirs", Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY
    )
    policy_id, ou = made["Policy"]["PolicySummary"]["Id"], example.ous()["Security"]
    example.client("organizations").attach_policy(PolicyId=policy_id, TargetId=ou)
    example.edit(FILE, "owner: security@example.com\n    ou: Security", "owner: s@example.com\n    ou: Vault")
    example.edit(FILE, "  Security:\n", "")
    planned = example.plan()
    (blocker,) = planned.review.blockers
    assert blocker.token == "leave:security"
    assert blocker.reason.endswith("moves out of OU Security; loses these guardrails: theirs")
    (deleted,) = (change for change in planned.plan.changes if change.action is Action.DELETE)
    assert deleted.remarks == ("unmanaged policies are detached with it: theirs",)
    example.converge(blocker.token)


def test_leaving_an_environment_needs_an_approval_though_somebody_removed_its_tag(
    example: Organization,
) -> None:
    example.converge()
    account = example.accounts()["orders-production"]
    example.client("organizations").untag_resource(ResourceId=account, TagKeys=["org-bootstrap:environment"])
    assert asked(example) == {}, "put back"
    email = "email: aws+orders-production@example.com\n"
    example.edit("account_specs/applications/orders.yaml", f"    production:\n      {email}", "")
    shared = f"  shop:\n    {email}    owner: shop@example.com\n    ou: Workloads/Production\n"
    example.edit(FILE, "  security:\n    email", f"{shared}  security:\n    email")
    example.edit("secrets_layout/orders.yaml", ", production]", "]")
    tokens = asked(example)
    assert tokens == {"leave:shop": "account:shop"}
    example.converge(*tokens)
    assert "baseline:shop" in {str(resource.address) for resource in example.plan().plan.retained}


def test_a_shared_account_that_moves_away_from_a_guardrail_needs_an_approval(example: Organization) -> None:
    example.edit(FILE, "owner: security@example.com\n    ou: Security", "owner: s@example.com\n    ou: Workloads")
    example.converge()
    example.edit(FILE, "owner: s@example.com\n    ou: Workloads", "owner: s@example.com\n    ou: Security")
    tokens = asked(example)
    assert tokens == {"leave:security": "account:security"}
    example.converge(*tokens)


def test_a_retained_account_whose_environment_leaves_the_yaml_keeps_its_guardrails_or_needs_an_approval(
    example: Organization,
) -> None:
    example.converge()
    example.edit(
        "account_specs/applications/orders.yaml",
        "    production:\n      email: aws+orders-production@example.com\n",
        "",
    )
    assert asked(example) == {}
    text = (example.directory / FILE).read_text("utf-8")
    start, end = text.index("  production:\n    ou"), text.index("\naccounts:")
    example.write(FILE, text[:start] + text[end:])
    example.edit("secrets_layout/orders.yaml", ", production]", "]")
    tokens = asked(example)
    assert tokens.keys() == {"leave:orders-production"}
    assert {str(blocker.address): blocker.reason for blocker in example.plan().review.blockers} == {
        f"attachment:{policy}@Workloads/Production": (
            f"account:orders-production left the YAML and stays in that OU; it would lose {policy}"
        )
        for policy in ("iam.deny-users", "secrets.protect")
    }
    example.converge(*tokens)


def test_a_retained_account_loses_guardrails_only_with_an_approval_when_its_environment_moves(
    example: Organization,
) -> None:
    shop = "application:\n  name: shop\n  owner: s@example.com\n  accounts:\n"
    example.write("account_specs/applications/shop.yaml", f"{shop}    production: {{email: shop@example.com}}\n")
    example.converge()
    example.edit(
        "account_specs/applications/orders.yaml",
        "    production:\n      email: aws+orders-production@example.com\n",
        "",
    )
    example.edit("secrets_layout/orders.yaml", ", production]", "]")
    # Accounts of the YAML stand there too and lose the guardrail as well, so that it needs no approval.
    example.edit(FILE, "guardrails: [iam.deny-users, secrets.protect]", "guardrails: [iam.deny-users]")
    assert "attachment:secrets.protect@Workloads/Production" in {
        str(change.address) for change in example.plan().plan.changes
    }
    assert asked(example) == {}
    example.converge()

    example.edit(FILE, "  Workloads/Production:\n", "  Workloads/Production:\n  Workloads/Inventory:\n")
    example.edit(FILE, "    ou: Workloads/Production\n", "    ou: Workloads/Inventory\n")
    tokens = asked(example)
    assert tokens == {"leave:orders-production": "attachment:iam.deny-users@Workloads/Production"}
    assert "would lose iam.deny-users" in example.plan().review.blockers[0].reason
    example.converge(*tokens)


def test_attaching_full_aws_access_to_the_root_again_needs_an_approval(example: Organization) -> None:
    example.converge()
    shut_the_root(example)
    tokens = asked(example)
    assert tokens == {"root:FullAWSAccess": "attachment:FullAWSAccess@Root"}
    example.converge(*tokens)


def test_full_aws_access_returns_to_the_root_with_the_last_detach_and_needs_an_approval_of_its_own(
    small: Organization,
) -> None:
    small.converge()
    small.edit(FILE, "  Root: {guardrails: [root.deny]}\n", "  Root:\n")
    reviewed = small.plan("root:root.deny")
    assert not reviewed.review.blockers
    shut_the_root(small)
    assert asked(small) == {
        "root:root.deny": "attachment:root.deny@Root",
        "root:FullAWSAccess": "attachment:FullAWSAccess@Root",
    }
    planned = small.plan("root:root.deny")
    remarks = (
        change.remarks for change in planned.plan.changes if str(change.address) == "attachment:FullAWSAccess@Root"
    )
    assert "everything that no policy denies is allowed there again" in next(remarks)
    with pytest.raises(BlockedError, match="create attachment:FullAWSAccess@Root: was not in the plan"):
        verify_plan(describe(reviewed.review), planned.review)
    with pytest.raises(BlockedError, match=r"has changed since its review|is not the plan of that digest"):
        verify_digest(digest(reviewed.review), planned.review)
    assert not on_the_root(small) & {"FullAWSAccess"}
    small.converge("root:root.deny", "root:FullAWSAccess")
    assert on_the_root(small) == {"FullAWSAccess", "theirs"}


def shut_the_root(organization: Organization) -> None:
    """Allow little there and detach AWS's own policy, as somebody else would."""
    organizations = organization.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
    made = organizations.create_policy(
        Name="theirs", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(allow)
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=root)


def on_the_root(organization: Organization) -> set[str]:
    organizations = organization.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    found = organizations.list_policies_for_target(TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return {policy["Name"] for policy in found}


def test_a_wider_trust_and_a_removed_role_need_an_approval_each(example: Organization) -> None:
    example.converge()
    example.edit(
        FILE,
        "    deploy: {account: tooling, role: ci}\n    budget: {monthly_usd: 1000}",
        "    budget: {monthly_usd: 999}",
    )
    example.edit(
        FILE,
        "    deploy: {account: tooling, role: ci}\n    budget: {monthly_usd: 200}",
        "    deploy: {account: security, role: ci}\n    budget: {monthly_usd: 200}",
    )
    tokens = asked(example)
    trust = {token for token in tokens if token.startswith("trust:")}
    assert trust
    assert {tokens[token] for token in trust} == {"baseline:orders-beta"}
    removed = set(tokens) - trust
    assert removed
    assert all(token.startswith("remove:orders-production/") for token in removed)
    assert {tokens[token] for token in removed} == {"baseline:orders-production"}
    example.converge(*tokens)


def test_a_new_role_needs_an_approval_in_an_existing_baseline_and_none_in_a_new_one(small: Organization) -> None:
    deploy = "    deploy: {account: tooling, role: ci}\n"
    small.edit(FILE, deploy, "")
    small.converge()
    small.edit(FILE, "    budget: ", f"{deploy}    budget: ")
    small.write("account_specs/bob.yaml", "developer: {name: bob, email: aws+bob@example.com, owner: b@example.com}\n")
    assert asked(small) == {"trust:developer-alice/DeployRole": "baseline:developer-alice"}
    (blocker,) = small.plan().review.blockers
    assert blocker.reason == "the trust policy of the new role DeployRole admits more principals"
    small.converge("trust:developer-alice/DeployRole")


def test_a_stack_that_somebody_deleted_needs_no_approval(small: Organization) -> None:
    """It counts as new, though the budget's stack still exists: everything in it was approved before."""
    small.converge()
    delete_stack(small, BASELINE_STACK)
    assert [str(change.address) for change in small.plan().plan.changes] == ["baseline:developer-alice"]
    assert asked(small) == {}
    small.converge()


@pytest.mark.parametrize("gone", [[BASELINE_STACK], [BASELINE_STACK, BUDGET_STACK]])
def test_a_deleted_role_that_comes_back_with_a_wider_trust_needs_an_approval(
    small: Organization, gone: list[str]
) -> None:
    small.converge()
    for name in gone:
        delete_stack(small, name)
    small.edit(FILE, "deploy: {account: tooling, role: ci}", "deploy: {account: tooling, role: anybody}")
    tokens = asked(small)
    assert tokens.keys() == {"trust:developer-alice/DeployRole", "trust:developer-alice/ExecutionRole"}
    small.converge(*tokens)


def delete_stack(organization: Organization, name: str) -> None:
    cloudformation = organization.client("cloudformation", organization.accounts()["developer-alice"], "eu-west-1")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_another_access_role_needs_an_approval(small: Organization) -> None:
    small.converge()
    small.edit(FILE, "  name: small\n", "  name: small\n  access_role: Other\n")
    planned = small.plan()
    role = "remove:access-role/OrganizationAccountAccessRole"
    assert [blocker.token for blocker in planned.review.blockers] == [role]
    assert [str(item.address) for item in planned.plan.inaccessible] == ["baseline:developer-alice"]
    # It exists in each account: then only what guardrails name changes.
    iam = small.client("iam", small.accounts()["developer-alice"])
    trust = iam.get_role(RoleName="OrganizationAccountAccessRole")["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="Other", AssumeRolePolicyDocument=json.dumps(trust))
    assert not small.plan().plan.inaccessible
    small.converge(role)


def test_moving_an_account_out_of_a_quarantine_needs_an_approval(small: Organization) -> None:
    small.converge()
    organizations, alice = small.client("organizations"), small.accounts()["developer-alice"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    made = organizations.create_organizational_unit(ParentId=root, Name="Quarantine")["OrganizationalUnit"]
    move = {"AccountId": alice, "SourceParentId": small.ous()["Workloads/Developers"]}
    organizations.move_account(**move, DestinationParentId=made["Id"])
    assert asked(small) == {}, "no guardrail of anybody's binds it there"
    fill(small, "Quarantine", 1)
    assert asked(small) == {"leave:developer-alice": "account:developer-alice"}
    (blocker,) = small.plan().review.blockers
    assert blocker.reason == "moves out of OU Quarantine; loses these guardrails: theirs-0"
    small.converge("leave:developer-alice")


def test_another_organization_than_the_one_in_the_yaml_needs_an_approval(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "  name: example\n", "  name: acme\n")
    assert asked(example) == {"rename:example": "organization:acme"}
    (blocker,) = example.plan().review.blockers
    assert blocker.reason.startswith("this organization is example, and the YAML is for acme")
    example.converge("rename:example")


def test_a_baseline_goes_with_its_closed_account_and_is_not_shown_as_retained(example: Organization) -> None:
    example.converge()
    example.edit("account_specs/developers/bob.yaml", "name: bob", "name: bob\n  state: closed")
    assert asked(example) == {"close:developer-bob": "account:developer-bob"}
    plan = example.plan().plan
    assert [str(change.address) for change in plan.changes] == ["account:developer-bob"]
    assert not plan.retained
    example.converge("close:developer-bob")
    assert not example.plan().plan.retained


GUARDED = "guardrails: [budget.protect, kms.deny-deletion]"


def unmanaged_accounts(organization: Organization, count: int) -> list[str]:
    """So many unmanaged accounts in the OU of the developers; their ids."""
    organizations, ou = organization.client("organizations"), organization.ous()["Workloads/Developers"]
    made = [organization.make_account(f"theirs-{number}@example.org", "theirs") for number in range(count)]
    for account in made:
        (parent,) = organizations.list_parents(ChildId=account)["Parents"]
        organizations.move_account(AccountId=account, SourceParentId=parent["Id"], DestinationParentId=ou)
    return made


def test_unmanaged_accounts_count_for_the_blast_radius_until_they_are_closed(small: Organization) -> None:
    small.converge()
    first, *_ = unmanaged_accounts(small, 11)
    small.client("organizations").close_account(AccountId=first)
    small.edit(FILE, "guardrails: [budget.protect]", GUARDED)
    (blocker,) = small.plan().review.blockers
    assert blocker.reason == "affects 11 of 12 accounts, 10 of them unmanaged (92 %; limit 30 %)"
    small.converge(blocker.token)


def test_a_reviewed_plan_affects_no_account_that_came_since(small: Organization) -> None:
    small.converge()
    small.edit(FILE, "guardrails: [budget.protect]", GUARDED)
    reviewed = describe(small.plan().review)
    assert reviewed.affected == ["account:developer-alice in ou:Workloads/Developers"]
    (new,) = unmanaged_accounts(small, 1)
    now = small.plan().review
    with pytest.raises(
        BlockedError,
        match=r"AWS has changed\n  account:theirs-0@example\.org in ou:\S+: is affected now",
    ):
        verify_plan(reviewed, now)
    with pytest.raises(BlockedError):
        verify_digest(reviewed.digest, now)
    small.client("organizations").close_account(AccountId=new)
    verify_plan(reviewed, small.plan().review)
    verify_digest(reviewed.digest, small.plan().review)


def test_the_wrong_organization_is_not_destroyed(small: Organization) -> None:
    small.converge()
    small.edit(FILE, "  name: small\n", "  name: other\n")
    with pytest.raises(BlockedError):
        small.destroy("destroy:other")
    assert BASELINE_STACK in stacks(small, small.accounts()["developer-alice"])
    small.edit(FILE, "  name: other\n", "  name: small\n")
    assert small.destroy("destroy:small").complete


def test_the_account_that_had_a_key_before_stays_managed_under_its_email(small: Organization) -> None:
    small.converge()
    old, new = small.accounts()["developer-alice"], small.make_account("aws+new@example.com", "new")
    small.edit("account_specs/alice.yaml", "aws+alice@example.com", "aws+new@example.com")
    plan = small.plan().plan
    (change,) = (change for change in plan.changes if str(change.address) == "account:developer-alice")
    was = "aws+alice@example.com"
    assert change.remarks == (
        f"developer-alice was the key of {was}, which is retained as account:{was}",
        "existing, unmanaged resource; will be imported",
    )
    retained = {f"account:{was}", f"baseline:{was}"}
    assert {str(resource.address) for resource in plan.retained} == retained
    assert not plan.unmanaged
    small.converge()
    assert {str(resource.address) for resource in small.plan().plan.retained} == retained
    assert BASELINE_STACK in stacks(small, old)

    # Of two accounts with one key, an approval for that key closes neither.
    with pytest.raises(BlockedError, match="close:developer-alice"):
        small.destroy("destroy:small", "close:developer-alice")
    assert small.destroy("destroy:small", "close:aws+alice@example.com").complete
    organizations = small.client("organizations")
    states = [organizations.describe_account(AccountId=account)["Account"]["State"] for account in (old, new)]
    assert states == ["PENDING_CLOSURE", "ACTIVE"]


def stacks(organization: Organization, account: str) -> set[str]:
    cloudformation = organization.client("cloudformation", account, "eu-west-1")
    return {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}


def test_what_changes_because_a_key_means_another_account_was_asked_for(small: Organization) -> None:
    small.converge()
    new = small.make_account("aws+new@example.com", "new")
    small.edit(FILE, "aws+tooling@example.com", "aws+new@example.com")
    planned = small.plan()
    causes = {str(change.address): change.cause for change in planned.plan.changes}
    assert causes == {"account:tooling": Cause.ASKED, "baseline:developer-alice": Cause.ASKED}
    assert {blocker.token for blocker in planned.review.blockers} == {"trust:developer-alice/DeployRole"}
    small.converge("trust:developer-alice/DeployRole")

    # Without the tag it is still the same account.
    small.client("organizations").untag_resource(ResourceId=new, TagKeys=[KEY_TAG])
    (change,) = small.plan().plan.changes
    assert (str(change.address), change.cause) == ("account:tooling", Cause.DRIFT)


def test_a_guardrail_that_moves_down_is_not_detached_above_without_being_attached_below(example: Organization) -> None:
    """The reviewed plan moves it to each OU below; then one of those leaves the YAML."""
    example.converge()
    above, guardrails = (
        "trail.protect, guardduty.protect, s3.protect-bpa]",
        "guardrails: [iam.deny-users, secrets.protect",
    )
    example.edit(FILE, above, above.replace(", s3.protect-bpa", ""))
    example.edit(FILE, "guardrails: [ec2.instance-types,", "guardrails: [s3.protect-bpa, ec2.instance-types,")
    example.edit(FILE, "[iam.deny-users, cost.deny", "[s3.protect-bpa, iam.deny-users, cost.deny")
    example.edit(FILE, f"{guardrails}]", f"{guardrails}, s3.protect-bpa]")
    tokens = [blocker.token for blocker in example.plan().review.blockers]
    reviewed = describe(example.plan(*tokens).review)
    verify_plan(reviewed, example.plan(*tokens).review)
    example.edit(FILE, f"{guardrails}, s3.protect-bpa]", f"{guardrails}]")
    tokens = [blocker.token for blocker in example.plan().review.blockers]
    waited = (
        "delete attachment:s3.protect-bpa@Workloads: was to wait for attachment:s3.protect-bpa@Workloads/Production"
    )
    with pytest.raises(BlockedError, match=waited):
        verify_plan(reviewed, example.plan(*tokens).review)


def test_an_approval_for_leaving_some_guardrails_does_not_cover_more(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "  Security:\n", "  Security: {guardrails: [kms.deny-deletion]}\n")
    example.converge()
    example.edit(FILE, "owner: security@example.com\n    ou: Security", "owner: security@example.com\n    ou: Root")
    reviewed = describe(example.plan("leave:security").review)
    (given,) = reviewed.approved
    assert (given.token, given.loses) == ("leave:security", ["kms.deny-deletion"])
    verify_plan(reviewed, example.plan("leave:security").review)
    fill(example, "Security", 1)
    with pytest.raises(BlockedError, match="leave:security: this approval did not cover theirs-0"):
        verify_plan(reviewed, example.plan("leave:security").review)


def test_full_aws_access_is_no_guardrail_that_an_account_loses(small: Organization) -> None:
    small.edit(FILE, "  Root: {guardrails: [root.deny]}\n", "  Root:\n")
    small.edit(FILE, "owner: platform@example.com, ou: Root", "owner: platform@example.com, ou: Workloads")
    small.converge()
    small.edit(FILE, "owner: platform@example.com, ou: Workloads", "owner: platform@example.com, ou: Root")
    (blocker,) = small.plan().review.blockers
    assert blocker.loses == ("region.limit",)
