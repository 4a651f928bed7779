"""What a plan costs in calls: pages, not items. The formula stands in ARCHITECTURE.md."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from bench.organization import add_developers, begin, make_developers
from bootstrap.policy.compile import compile_policies
from tests.system.organization import Organization

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

DEVELOPERS = 200
# Reads inside the accounts, which cost calls for each: entering it, and what its stacks are.
INSIDE = {"sts.AssumeRole", "cloudformation.DescribeStacks", "cloudformation.GetTemplate", "cloudformation.ListStacks"}


def budget(accounts: int, ous: int, policies: int, ours: int, targets: int) -> int:
    """3 + ⌈A/20⌉ + (U+1) + ⌈G/100⌉ + ⌈P/20⌉ + O + Σ⌈N(p)/20⌉, with one policy type."""
    tagged = accounts + ous + ours
    return (
        2
        + 1  # the services with trusted access
        + 1  # what was last applied: a page for 750 things and more
        + ceil(accounts / 20)
        + (ous + 1)
        + ceil(tagged / 100)
        + ceil(policies / 20)
        + ours
        + ours  # each of ours has fewer than 20 targets here
        + ceil(targets / 20)  # FullAWSAccess is attached to all
    )


def test_a_no_op_plan_over_200_accounts_stays_within_its_budget(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    begin(tmp_path, emulator)
    add_developers(tmp_path, DEVELOPERS)
    make_developers(tmp_path, emulator, DEVELOPERS)
    organization = Organization(tmp_path, emulator.endpoint)
    aws = organization.aws()
    assert not organization.plan(aws=aws).plan
    accounts, ous = len(organization.accounts()), len(organization.ous())
    assert accounts > DEVELOPERS
    ours = len(compile_policies(organization.spec()))
    allowed = budget(accounts, ous, policies=ours + 1, ours=ours, targets=accounts + ous + 1)
    spent = sum(count for action, count in aws.metrics.calls.items() if action not in INSIDE)
    assert spent <= allowed, f"{spent} calls where {allowed} are allowed: {dict(aws.metrics.calls)}"
    assert sum(aws.metrics.calls[action] for action in INSIDE) <= 2 * accounts + 5


def test_policies_are_asked_for_only_where_there_can_be_any(small: Organization) -> None:
    small.client("organizations").create_organization(FeatureSet="CONSOLIDATED_BILLING")
    aws = small.aws()
    (blocker,) = small.plan(aws=aws).review.blockers
    assert blocker.reason.startswith("the organization has only consolidated billing")
    assert aws.metrics.calls["organizations.ListPolicies"] == 0
