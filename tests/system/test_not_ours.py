"""What is not ours is told once, with where it binds what is ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap.render.plan import render_plan

if TYPE_CHECKING:
    from tests.system.organization import Organization

DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
FULL = "p-FullAWSAccess"
SHUT = "FullAWSAccess is not attached: only what other policies there allow is allowed"


def make_policy(organization: Organization, name: str, *targets: str) -> None:
    """A policy of somebody else's, attached to the targets of these ids."""
    organizations = organization.client("organizations")
    made = organizations.create_policy(Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=DENY)
    for target in targets:
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def told(organization: Organization) -> list[str]:
    """What a plan says of what is not ours, line by line."""
    text = render_plan(organization.plan().proposal)
    section = text.partition("Not ours, and left alone:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in section.splitlines()]


@pytest.fixture
def converged(small: Organization) -> Organization:
    small.converge()
    return small


def test_a_policy_is_told_once_with_every_target_of_ours(converged: Organization) -> None:
    """The YAML wants nothing on the account, nor on the unit Workloads/Theirs."""
    organizations, accounts = converged.client("organizations"), converged.accounts()
    converged.edit("account_specs/organization.yaml", "environments:", "  Workloads/Theirs:\nenvironments:")
    converged.converge()
    units = converged.units()
    root = organizations.list_roots()["Roots"][0]["Id"]
    unknown = organizations.create_organizational_unit(ParentId=root, Name="Unknown")["OrganizationalUnit"]["Id"]
    make_policy(converged, "idle", unknown)
    make_policy(
        converged, "extra", root, unknown, units["Workloads"], units["Workloads/Theirs"], accounts["developer-alice"]
    )
    everywhere = "account:developer-alice, unit:Root, unit:Workloads, unit:Workloads/Theirs"
    assert told(converged) == [
        f"policy:extra: a policy that is not in the YAML, attached to {everywhere}",
        "policy:idle: a policy that is not in the YAML",
        "unit:Unknown: a unit that is not in the YAML",
    ]
    assert not converged.plan().plan


def test_a_policy_of_a_wanted_name_is_told_by_its_refusal_alone(small: Organization) -> None:
    organizations = small.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    make_policy(small, "region.limit", organizations.list_roots()["Roots"][0]["Id"])
    planned = small.plan()
    (refusal,) = planned.refusals
    assert refusal.token == "adopt:policy:region.limit"
    assert refusal.reason.endswith("a policy of that name, attached to unit:Root")
    assert planned.plan.foreign == ()
    narrowed = small.plan(only=["account:tooling"])
    assert narrowed.refusals == ()
    assert [str(item.address) for item in narrowed.plan.foreign] == ["policy:region.limit"]


def test_a_target_that_somebody_shut_is_told_where_nothing_of_ours_opens_it(converged: Organization) -> None:
    organizations, units, accounts = converged.client("organizations"), converged.units(), converged.accounts()
    assert told(converged) == []
    make_policy(converged, "instead", *(units.values()), *(accounts[name] for name in ("developer-alice", "tooling")))
    for target in (units["Workloads/Developers"], accounts["developer-alice"]):
        organizations.detach_policy(PolicyId=FULL, TargetId=target)
    # The environment's guardrail stands on its unit: there, the next apply attaches it again.
    assert [line for line in told(converged) if "FullAWSAccess" in line] == [
        f"attachment:account:developer-alice: {SHUT}"
    ]
    assert {str(change.address) for change in converged.plan().plan.changes} == {
        "attachments:unit:Workloads/Developers"
    }

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
