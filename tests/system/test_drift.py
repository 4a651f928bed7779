"""What was changed outside is told apart from what the YAML asks for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.plan import Cause
from bootstrap.render.plan import render_plan
from tests.system.deaths import apply_and_die_after

if TYPE_CHECKING:
    from tests.system.organization import Organization

ALICE = "account_specs/developers/alice.yaml"


def causes(organization: Organization) -> dict[str, Cause]:
    return {str(change.address): change.cause for change in organization.plan().plan.changes}


def test_drift_is_told_apart_from_what_is_asked_for(example: Organization) -> None:
    assert set(causes(example).values()) == {Cause.UNKNOWN}  # nothing was ever applied
    example.converge()

    organizations = example.client("organizations")
    accounts, units = example.accounts(), example.units()
    organizations.move_account(
        AccountId=accounts["orders-beta"],
        SourceParentId=units["Workloads/Beta"],
        DestinationParentId=units["Workloads/Developers"],
    )
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    region = next(policy for policy in policies if policy["Name"] == "region.limit")
    organizations.attach_policy(PolicyId=region["Id"], TargetId=units["Infrastructure"])

    found = causes(example)
    assert found["account:orders-beta"] is Cause.DRIFT
    assert found["surplus:unit:Infrastructure"] is Cause.DRIFT
    assert found["account:developer-alice"] is Cause.ASKED
    assert found["baseline:developer-alice"] is Cause.ASKED  # its budget tells the owner
    text = render_plan(example.plan().proposal)
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
    assert "also changed outside" in render_plan(example.plan().proposal)


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
