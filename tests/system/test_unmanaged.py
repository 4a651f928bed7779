"""An unmanaged resource is shown once, with the managed ones that it binds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import Cause
from bootstrap.render.drift import find_drift, render_drift
from bootstrap.render.text import render_text

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
CAROL = "developer: {name: carol, email: aws+carol@example.com, owner: carol@example.com}\n"
NEW = " (new)"
FULL = "p-FullAWSAccess"
SHUT = "FullAWSAccess is detached: only actions that other policies allow are allowed there"


def make_policy(organization: Organization, name: str, *targets: str) -> None:
    """An unmanaged policy, attached to the targets of these ids."""
    organizations = organization.client("organizations")
    made = organizations.create_policy(Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY)
    for target in targets:
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def shown(organization: Organization) -> list[str]:
    """What a plan says of unmanaged resources, whether they are new or not."""
    return sorted(line.removesuffix(NEW) for line in marked(organization))


def marked(organization: Organization) -> list[str]:
    """The same, what is new first and marked; the text of the plan has each once."""
    review = organization.plan().review
    text = render_text(review, width=1000)
    found = sorted(review.plan.unmanaged, key=lambda item: (not item.new, item.address, item.detail))
    assert all(text.count(f"{item.address}: {item.detail}") == 1 for item in found)
    return [f"{item.address}: {item.detail}{NEW * item.new}" for item in found]


@pytest.fixture
def converged(small: Organization) -> Organization:
    small.converge()
    return small


def test_a_policy_is_shown_once_with_every_managed_target(converged: Organization) -> None:
    """The YAML wants nothing on the account, nor on the OU Workloads/Theirs."""
    organizations, accounts = converged.client("organizations"), converged.accounts()
    converged.edit("account_specs/organization.yaml", "environments:", "  Workloads/Theirs:\nenvironments:")
    converged.converge()
    ous = converged.ous()
    root = organizations.list_roots()["Roots"][0]["Id"]
    unknown = organizations.create_organizational_unit(ParentId=root, Name="Unknown")["OrganizationalUnit"]["Id"]
    make_policy(converged, "idle", unknown)
    make_policy(
        converged, "extra", root, unknown, ous["Workloads"], ous["Workloads/Theirs"], accounts["developer-alice"]
    )
    everywhere = "account:developer-alice, ou:Root, ou:Workloads, ou:Workloads/Theirs"
    assert shown(converged) == [
        "ou:Unknown: an OU that is not in the YAML",
        f"policy:extra: a policy that is not in the YAML, attached to {everywhere}",
        "policy:idle: a policy that is not in the YAML",
    ]
    assert not converged.plan().plan


def test_a_policy_with_a_wanted_name_is_shown_as_a_blocker_alone(small: Organization) -> None:
    organizations = small.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    make_policy(small, "region.limit", organizations.list_roots()["Roots"][0]["Id"])
    planned = small.plan()
    (blocker,) = planned.review.blockers
    assert blocker.token == "adopt:policy:region.limit"
    assert blocker.reason.endswith("a policy of that name, attached to ou:Root")
    assert planned.plan.unmanaged == ()
    narrowed = small.plan(targets=["account:tooling"])
    assert narrowed.review.blockers == ()
    assert [str(item.address) for item in narrowed.plan.unmanaged] == ["policy:region.limit"]


def test_a_policy_with_a_wanted_name_stays_where_it_is_until_it_is_imported(converged: Organization) -> None:
    make_policy(converged, "kms.deny-deletion", converged.ous()["Workloads"], converged.accounts()["tooling"])
    file, guardrails = "account_specs/organization.yaml", "guardrails: [budget.protect"
    converged.edit(file, guardrails, f"{guardrails}, kms.deny-deletion")
    (blocker,) = converged.plan().review.blockers
    assert blocker.token == "adopt:policy:kms.deny-deletion"
    # What does not need the policy can be applied without it, and leaves it alone.
    narrowed = converged.plan(targets=["account:tooling"])
    assert narrowed.review.blockers == narrowed.plan.changes == ()
    assert "delete" not in {change.action for change in converged.plan().plan.changes}

    # Once imported it is attached where the YAML says, and only then detached from the OU above, in the same apply.
    planned = converged.plan("adopt:policy:kms.deny-deletion")
    waits = {str(here): set(map(str, first)) for here, first in planned.plan.waits.items()}
    below = "attachment:kms.deny-deletion@Workloads/Developers"
    assert below in waits["attachment:kms.deny-deletion@Workloads"]
    converged.converge("adopt:policy:kms.deny-deletion")
    assert "kms.deny-deletion" not in on(converged, "Workloads")
    assert "kms.deny-deletion" in on(converged, "Workloads/Developers")


def test_an_unmanaged_ou_poses_neither_as_a_path_nor_as_the_root(converged: Organization) -> None:
    converged.edit("account_specs/organization.yaml", "environments:", "  Audit:\n  Audit/Logs:\nenvironments:")
    converged.converge()
    organizations, logs = converged.client("organizations"), converged.ous()["Audit/Logs"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    for parent, name in ((root, "Audit/Logs"), (root, "Root"), (logs, "a/b")):
        organizations.create_organizational_unit(ParentId=parent, Name=name)
    assert shown(converged) == [
        "ou:Audit/Logs/a\\u002fb: an OU that is not in the YAML",
        "ou:Audit\\u002fLogs: an OU that is not in the YAML",
        "ou:\\u0052oot: an OU that is not in the YAML",
    ]
    assert not converged.plan().plan

    converged.edit("account_specs/organization.yaml", "  Audit:\n  Audit/Logs:\n", "")
    (blocker,) = converged.plan().review.blockers
    assert str(blocker.address) == "ou:Audit/Logs"
    assert blocker.reason == f"ou:Audit/Logs/a\\u002fb is not deleted and is still inside {blocker.address}"
    assert not blocker.token


def test_an_approval_is_one_shell_word_whatever_the_resource_is_called(converged: Organization) -> None:
    """A shell takes it as it is, and so does a list with spaces between its items."""
    file = "account_specs/organization.yaml"
    values = "{ec2.instance-types: {allowed_instance_types: [t3.nano]}}"
    ou = f"  Shared Services:\n    guardrails: [ec2.instance-types]\n    parameters: {values}\n"
    converged.edit(file, "environments:", f"{ou}environments:")
    make_policy(converged, "ec2.instance-types@Shared Services")
    (blocker,) = converged.plan().review.blockers
    assert blocker.token == "adopt:policy:ec2.instance-types@Shared%20Services"
    converged.converge(blocker.token)


def test_a_managed_policy_on_an_unmanaged_account_is_drift_and_is_detached(converged: Organization) -> None:
    organizations, theirs = converged.client("organizations"), converged.make_account("theirs@example.org", "theirs")
    converged.converge()
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    (budget,) = (policy["Id"] for policy in policies if policy["Name"] == "budget.protect")
    organizations.attach_policy(PolicyId=budget, TargetId=theirs)
    planned = converged.plan()
    (change,) = planned.plan.changes
    assert (str(change.address), change.cause) == ("attachment:budget.protect@account:theirs@example.org", Cause.DRIFT)
    assert change.remarks == ("no longer binds 0 accounts, and 1 unmanaged",)
    assert planned.review.affected == ("account:theirs@example.org in ou:Root",)
    # It does not keep the policy from being deleted.
    converged.edit("account_specs/organization.yaml", "guardrails: [budget.protect]", "guardrails: []")
    converged.converge()
    found = organizations.list_policies_for_target(TargetId=theirs, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [policy["Name"] for policy in found] == ["FullAWSAccess"]


def on(organization: Organization, ou: str) -> set[str]:
    """The policies on an OU."""
    found = organization.client("organizations").list_policies_for_target(
        TargetId=organization.ous()[ou], Filter="SERVICE_CONTROL_POLICY"
    )
    return {policy["Name"] for policy in found["Policies"]}


def test_a_target_without_full_aws_access_is_shown_where_nothing_attaches_it_again(converged: Organization) -> None:
    organizations, ous, accounts = converged.client("organizations"), converged.ous(), converged.accounts()
    assert shown(converged) == []
    make_policy(converged, "instead", *(ous.values()), *(accounts[name] for name in ("developer-alice", "tooling")))
    for target in (ous["Workloads/Developers"], accounts["developer-alice"]):
        organizations.detach_policy(PolicyId=FULL, TargetId=target)
    # The environment's guardrail is on its OU: there, the next apply attaches FullAWSAccess again.
    assert [line for line in shown(converged) if "FullAWSAccess" in line] == [
        f"attachment:FullAWSAccess@account:developer-alice: {SHUT}"
    ]
    assert {str(change.address) for change in converged.plan().plan.changes} == {
        "attachment:FullAWSAccess@Workloads/Developers"
    }

    # So it does where it detaches the last managed policy: one that somebody attached there.
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    ours = next(policy["Id"] for policy in found if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=ours, TargetId=accounts["developer-alice"])
    assert not [line for line in shown(converged) if "FullAWSAccess" in line]
    converged.converge()
    assert not [line for line in shown(converged) if "FullAWSAccess" in line]


def test_a_closed_account_is_not_shown_without_full_aws_access(converged: Organization) -> None:
    alice = converged.accounts()["developer-alice"]
    make_policy(converged, "instead", alice)
    converged.client("organizations").detach_policy(PolicyId=FULL, TargetId=alice)
    assert f"attachment:FullAWSAccess@account:developer-alice: {SHUT}" in shown(converged)
    converged.client("organizations").close_account(AccountId=alice)
    assert f"attachment:FullAWSAccess@account:developer-alice: {SHUT}" not in shown(converged)


MADE = 'account:somebody@example.org: "somebody" in Root, not in the YAML'


def drift(organization: Organization) -> str:
    """What `drift` says of the resources outside accounts; empty if nothing drifted."""
    review = organization.plan().review
    return render_drift(review, []) if find_drift(review, []) else ""


def test_what_came_since_the_yaml_was_last_applied_is_drift_until_it_is_applied_again(small: Organization) -> None:
    small.client("organizations").create_organization(FeatureSet="ALL")
    make_policy(small, "control-tower")
    assert not any(NEW in line for line in marked(small))  # nothing is recorded
    small.converge()
    assert marked(small) == ["policy:control-tower: a policy that is not in the YAML"]
    assert drift(small) == ""

    make_policy(small, "extra", small.ous()["Workloads"])
    small.make_account("somebody@example.org", "somebody")
    extra = "policy:extra: a policy that is not in the YAML, attached to ou:Workloads"
    assert marked(small) == [
        f"{MADE}{NEW}",
        f"{extra}{NEW}",
        "policy:control-tower: a policy that is not in the YAML",
    ]
    assert all(f"  {line}\n" in drift(small) for line in (MADE, extra))
    assert extra in render_drift(small.plan().review, [], markdown=True)

    assert small.apply().complete  # of nothing
    assert marked(small) == [MADE, "policy:control-tower: a policy that is not in the YAML", extra]
    assert drift(small) == ""

    # Attached elsewhere, it is not as it was.
    organizations = small.client("organizations")
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    theirs = next(policy["Id"] for policy in found if policy["Name"] == "control-tower")
    organizations.attach_policy(PolicyId=theirs, TargetId=small.accounts()["tooling"])
    assert "policy:control-tower: a policy that is not in the YAML, attached to account:tooling" in drift(small)


def test_what_came_stays_new_for_a_run_that_does_not_end(small: Organization, emulator: Emulator) -> None:
    small.converge()
    small.make_account("somebody@example.org", "somebody")
    small.write("account_specs/carol.yaml", CAROL)
    emulator.fail_account("ACCOUNT_LIMIT_EXCEEDED", email="aws+carol@example.com")
    assert not small.apply().complete
    assert marked(small) == [f"{MADE}{NEW}"]
    small.converge()
    assert marked(small) == [MADE]


def test_where_nothing_is_recorded_nothing_is_new(small: Organization) -> None:
    small.converge()
    assert small.plan().remembered
    small.make_account("somebody@example.org", "somebody")
    ssm = small.client("ssm")
    for found in ssm.get_parameters_by_path(Path="/org-bootstrap/applied")["Parameters"]:
        ssm.delete_parameter(Name=found["Name"])
    planned = small.plan()
    assert not planned.remembered
    assert marked(small) == [MADE]
