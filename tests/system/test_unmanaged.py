"""What is not ours is told once, with where it binds what is ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import Cause
from bootstrap.render.drift import is_drift, render_drift
from bootstrap.render.text import render_text

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
CAROL = "developer: {name: carol, email: aws+carol@example.com, owner: carol@example.com}\n"
NEW = " (new or changed since the YAML was last applied)"
FULL = "p-FullAWSAccess"
SHUT = "FullAWSAccess is not attached: only what other policies there allow is allowed"


def make_policy(organization: Organization, name: str, *targets: str) -> None:
    """A policy of somebody else's, attached to the targets of these ids."""
    organizations = organization.client("organizations")
    made = organizations.create_policy(Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY)
    for target in targets:
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def told(organization: Organization) -> list[str]:
    """What a plan says of what is not ours, whether it is new or not."""
    return sorted(line.removesuffix(NEW) for line in marked(organization))


def marked(organization: Organization) -> list[str]:
    """The same, line by line as it says it on a screen that is wide enough."""
    text = render_text(organization.plan().review, width=1000)
    section = text.partition("Not ours, and left alone:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in section.splitlines()]


@pytest.fixture
def converged(small: Organization) -> Organization:
    small.converge()
    return small


def test_a_policy_is_told_once_with_every_target_of_ours(converged: Organization) -> None:
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
    assert told(converged) == [
        f"policy:extra: a policy that is not in the YAML, attached to {everywhere}",
        "policy:idle: a policy that is not in the YAML",
        "ou:Unknown: an OU that is not in the YAML",
    ]
    assert not converged.plan().plan


def test_a_policy_of_a_wanted_name_is_told_by_its_refusal_alone(small: Organization) -> None:
    organizations = small.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    make_policy(small, "region.limit", organizations.list_roots()["Roots"][0]["Id"])
    planned = small.plan()
    (blocker,) = planned.review.blockers
    assert blocker.token == "adopt:policy:region.limit"
    assert blocker.reason.endswith("a policy of that name, attached to ou:Root")
    assert planned.plan.unmanaged == ()
    narrowed = small.plan(targets=["account:tooling"])
    assert narrowed.blockers == ()
    assert [str(item.address) for item in narrowed.plan.unmanaged] == ["policy:region.limit"]


def test_a_policy_of_a_wanted_name_is_left_where_it_is_until_it_is_adopted(converged: Organization) -> None:
    make_policy(converged, "kms.deny-deletion", converged.ous()["Workloads"], converged.accounts()["tooling"])
    file, guardrails = "account_specs/organization.yaml", "guardrails: [budget.protect"
    converged.edit(file, guardrails, f"{guardrails}, kms.deny-deletion")
    (blocker,) = converged.plan().review.blockers
    assert blocker.token == "adopt:policy:kms.deny-deletion"
    # What does not need the policy can be applied without it, and leaves it alone.
    narrowed = converged.plan(targets=["account:tooling"])
    assert narrowed.blockers == narrowed.plan.changes == ()
    assert "surplus" not in {change.address.kind for change in converged.plan().plan.changes}

    # Once adopted it is as ours as any: it leaves the OU in the same apply, and stands where the YAML says.
    converged.converge("adopt:policy:kms.deny-deletion")
    assert "kms.deny-deletion" not in on(converged, "Workloads")
    assert "kms.deny-deletion" in on(converged, "Workloads/Developers")


def test_an_ou_of_others_poses_neither_as_a_path_nor_as_the_root(converged: Organization) -> None:
    converged.edit("account_specs/organization.yaml", "environments:", "  Audit:\n  Audit/Logs:\nenvironments:")
    converged.converge()
    organizations, logs = converged.client("organizations"), converged.ous()["Audit/Logs"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    for parent, name in ((root, "Audit/Logs"), (root, "Root"), (logs, "a/b")):
        organizations.create_organizational_unit(ParentId=parent, Name=name)
    assert told(converged) == [
        "ou:Audit/Logs/a\\u002fb: an OU that is not in the YAML",
        "ou:Audit\\u002fLogs: an OU that is not in the YAML",
        "ou:\\u0052oot: an OU that is not in the YAML",
    ]
    assert not converged.plan().plan

    converged.edit("account_specs/organization.yaml", "  Audit:\n  Audit/Logs:\n", "")
    (blocker,) = converged.plan().review.blockers
    assert str(blocker.address) == "ou:Audit/Logs"
    assert blocker.reason == "ou:Audit/Logs/a\\u002fb stays and needs it"
    assert not blocker.token


def test_a_consent_is_one_word_whatever_the_thing_is_called(converged: Organization) -> None:
    """A shell takes it as it is, and so does a list with spaces between its items."""
    file = "account_specs/organization.yaml"
    values = "{ec2.instance-types: {allowed_instance_types: [t3.nano]}}"
    ou = f"  Shared Services:\n    guardrails: [ec2.instance-types]\n    parameters: {values}\n"
    converged.edit(file, "environments:", f"{ou}environments:")
    make_policy(converged, "ec2.instance-types@Shared Services")
    (blocker,) = converged.plan().review.blockers
    assert blocker.token == "adopt:policy:ec2.instance-types@Shared%20Services"
    converged.converge(blocker.token)


def test_a_policy_of_ours_on_an_account_of_others_is_drift_and_comes_off(converged: Organization) -> None:
    organizations, theirs = converged.client("organizations"), converged.make_account("theirs@example.org", "theirs")
    converged.converge()
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    (budget,) = (policy["Id"] for policy in policies if policy["Name"] == "budget.protect")
    organizations.attach_policy(PolicyId=budget, TargetId=theirs)
    planned = converged.plan()
    (change,) = planned.plan.changes
    assert (str(change.address), change.cause) == ("surplus:account:theirs@example.org", Cause.DRIFT)
    assert change.remarks == ("detached; it bound 0 accounts, and 1 that is not ours",)
    assert planned.review.affected == ("account:theirs@example.org in ou:Root",)
    # It does not stand in the way of what the YAML drops.
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


def test_a_target_that_somebody_shut_is_told_where_nothing_of_ours_opens_it(converged: Organization) -> None:
    organizations, ous, accounts = converged.client("organizations"), converged.ous(), converged.accounts()
    assert told(converged) == []
    make_policy(converged, "instead", *(ous.values()), *(accounts[name] for name in ("developer-alice", "tooling")))
    for target in (ous["Workloads/Developers"], accounts["developer-alice"]):
        organizations.detach_policy(PolicyId=FULL, TargetId=target)
    # The environment's guardrail stands on its OU: there, the next apply attaches it again.
    assert [line for line in told(converged) if "FullAWSAccess" in line] == [
        f"attachment:account:developer-alice: {SHUT}"
    ]
    assert {str(change.address) for change in converged.plan().plan.changes} == {"attachments:ou:Workloads/Developers"}

    # So does what is taken off: a policy of ours that somebody attached there.
    found = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    ours = next(policy["Id"] for policy in found if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=ours, TargetId=accounts["developer-alice"])
    assert not [line for line in told(converged) if "FullAWSAccess" in line]
    converged.converge()
    assert not [line for line in told(converged) if "FullAWSAccess" in line]


def test_a_closed_account_is_not_told_to_be_shut(converged: Organization) -> None:
    alice = converged.accounts()["developer-alice"]
    make_policy(converged, "instead", alice)
    converged.client("organizations").detach_policy(PolicyId=FULL, TargetId=alice)
    assert f"attachment:account:developer-alice: {SHUT}" in told(converged)
    converged.client("organizations").close_account(AccountId=alice)
    assert f"attachment:account:developer-alice: {SHUT}" not in told(converged)


MADE = 'account:somebody@example.org: "somebody" in Root, not in the YAML'


def drift(organization: Organization) -> str:
    """What `drift` says, the rest of its tests aside; empty if nothing drifted."""
    review = organization.plan().review
    text, markdown = render_drift(review, []), render_drift(review, [], markdown=True)
    drifted = is_drift(review, [])
    assert drifted is ("No drift" not in text) is ("No drift" not in markdown)
    return text if drifted else ""


def test_what_came_since_the_yaml_was_last_applied_is_drift_until_it_is_applied_again(small: Organization) -> None:
    small.client("organizations").create_organization(FeatureSet="ALL")
    make_policy(small, "control-tower")
    assert not any(NEW in line for line in marked(small))  # nothing is remembered
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
    title = "Not ours, and new or changed since the YAML was last applied:"
    assert drift(small) == f"{title}\n  {MADE}\n  {extra}\n\nDrift: 2 not ours."
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


def test_where_nothing_is_remembered_nothing_is_new(small: Organization) -> None:
    small.converge()
    assert small.plan().remembered
    small.make_account("somebody@example.org", "somebody")
    ssm = small.client("ssm")
    for found in ssm.get_parameters_by_path(Path="/org-bootstrap/applied")["Parameters"]:
        ssm.delete_parameter(Name=found["Name"])
    planned = small.plan()
    assert not planned.remembered
    assert marked(small) == [MADE]
