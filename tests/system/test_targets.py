"""A plan narrowed to some accounts, OUs or environments: with what they need, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.apply import Failed, Skipped
from bootstrap.engine.plan import Cause
from bootstrap.model.errors import BlockedError, BootstrapError
from bootstrap.planfile import command_to_apply
from bootstrap.planfile.verify import verify_plan
from bootstrap.render.text import render_text
from tests.system.organization import fill
from tests.system.test_crash import as_file

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from bootstrap.workflow import Planned
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ALICE = "account_specs/developers/alice.yaml"


def addresses(planned: Planned) -> set[str]:
    return {str(change.address) for change in planned.plan.changes}


def test_one_account_is_created_with_everything_that_it_needs_and_nothing_else(example: Organization) -> None:
    planned = example.plan(targets=["account:developer-alice"])
    made = addresses(planned)
    assert {"account:developer-alice", "baseline:developer-alice", "ou:Workloads/Developers"} <= made
    assert {"attachment:root.deny@Root", "attachment:region.limit@Workloads"} <= made
    assert not {address for address in made if "orders" in address or "developer-bob" in address}
    assert {address.partition("@")[2] for address in made if address.startswith("attachment:")} >= {
        "Workloads/Developers"
    }
    whole = example.plan().plan
    for change in planned.plan.changes:
        assert change.address in {other.address for other in whole.changes}
        assert {str(needed) for needed in planned.plan.waits[change.address]} <= made
    assert len(planned.left_out) == planned.review.left_out == len(whole.changes) - len(made)
    text = render_text(planned.review)
    assert f"{len(planned.left_out)} other changes" in text

    assert example.apply(targets=["account:developer-alice"]).complete
    assert {"developer-alice", "tooling"} <= set(example.accounts())
    assert not {"developer-bob", "orders-beta"} & set(example.accounts())
    assert not example.plan(targets=["account:developer-alice"]).plan
    example.converge()


def test_an_ou_includes_what_is_below_it_and_an_environment_its_accounts(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 201")
    example.edit(FILE, "monthly_usd: 1000", "monthly_usd: 1001")
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    assert addresses(example.plan(targets=["environment:beta"])) == {"baseline:orders-beta"}
    assert addresses(example.plan(targets=["ou:Workloads/Production"])) == {"baseline:orders-production"}
    both = {"baseline:orders-beta", "account:developer-alice", "baseline:developer-alice"}
    assert addresses(example.plan(targets=["environment:beta", "account:developer-alice"])) == both
    assert len(addresses(example.plan(targets=["ou:Workloads"]))) == 4
    whole = example.plan()
    assert len(whole.plan.changes) == 4
    assert addresses(example.plan(targets=["ou:Root"])) == addresses(whole), "everything is below the root"


def test_what_was_left_out_is_no_drift_later(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 201")
    example.edit(FILE, "monthly_usd: 1000", "monthly_usd: 1001")
    assert example.apply(targets=["environment:beta"]).complete
    (change,) = example.plan().plan.changes
    assert (str(change.address), change.cause) == ("baseline:orders-production", Cause.ASKED)


def test_an_apply_of_another_target_does_not_complete_one_that_failed(small: Organization, emulator: Emulator) -> None:
    """Whether a difference in what the first was about to change is drift, nobody can tell."""
    small.converge()
    small.edit(FILE, "monthly_usd: 50", "monthly_usd: 51")
    emulator.fail_resource("AWS::Budgets::Budget")
    assert not small.apply().complete
    small.edit(FILE, "owner: platform@example.com", "owner: operations@example.com")
    assert small.apply(targets=["account:tooling"]).complete
    assert not small.plan().remembered
    small.converge()
    assert small.plan().remembered


def test_an_account_that_moves_without_the_guardrails_of_its_new_ou_needs_an_approval(example: Organization) -> None:
    """A guardrail names it as an exempt principal, so that it does not wait for that guardrail."""
    example.edit("scps/iam-deny-users.yaml", "default: []", 'default: ["arn:aws:iam::${account:tooling}:role/ci"]')
    example.edit(FILE, "  Infrastructure:\n", "  Infrastructure: {guardrails: [iam.deny-users]}\n")
    example.converge()
    example.edit(FILE, "organizational_units:\n", "organizational_units:\n  Tools: {guardrails: [iam.deny-users]}\n")
    example.edit(FILE, "owner: platform@example.com\n    ou: Infrastructure", "owner: a@example.com\n    ou: Tools")
    assert example.plan().review.blockers == ()
    alone = example.plan(targets=["account:tooling"])
    assert "attachment:iam.deny-users@Tools" not in addresses(alone)
    assert [blocker.token for blocker in alone.review.blockers] == ["leave:tooling"]
    # A guardrail that does not name it comes along, and no approval is needed.
    example.edit(FILE, "Tools: {guardrails: [iam.deny-users]}", "Tools: {guardrails: [kms.deny-deletion]}")
    assert "attachment:kms.deny-deletion@Tools" in addresses(example.plan(targets=["account:tooling"]))


def test_a_reviewed_plan_has_its_targets(example: Organization) -> None:
    example.converge()
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 201")
    reviewed = as_file(example.plan(targets=["environment:beta"]).review)
    verify_plan(reviewed, example.plan(targets=reviewed.targets).review)
    assert command_to_apply(example.plan(targets=reviewed.targets).review).endswith("--target environment:beta")
    with pytest.raises(BlockedError, match="the plan is for --target environment:beta"):
        verify_plan(reviewed, example.plan().review)


@pytest.mark.parametrize("typed", ["account:nobody", "ou:Nowhere", "environment:none", "policy:region.limit", "alice"])
def test_a_target_that_the_yaml_does_not_have_is_an_error(example: Organization, typed: str) -> None:
    with pytest.raises(BootstrapError, match=f"--target {typed}: the YAML has no such target") as caught:
        example.plan(targets=[typed])
    assert "account:KEY, ou:PATH or environment:NAME" in caught.value.hint


def test_a_detach_that_is_left_out_makes_no_room_on_a_full_target(small: Organization) -> None:
    small.converge()
    fill(small, "Workloads/Developers", 8)
    small.edit(FILE, "guardrails: [budget.protect]", "guardrails: [kms.deny-deletion]")
    small.write("account_specs/new.yaml", "developer: {name: new, email: new@example.com, owner: a@example.com}\n")
    report = small.apply(targets=["account:developer-new"])
    outcomes = {str(outcome.change.address): type(outcome) for outcome in report.outcomes}
    assert outcomes["attachment:kms.deny-deletion@Workloads/Developers"] is Failed
    assert outcomes["account:developer-new"] is Skipped
    found = small.client("organizations").list_policies_for_target(
        TargetId=small.ous()["Workloads/Developers"], Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    assert "budget.protect" in {policy["Name"] for policy in found}
    small.converge()
