"""What is checked for being shut out of an account is what is called there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import workflow
from bootstrap.policy.stand_ins import StandIns
from bootstrap.policy.steps import steps
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

# IAM has other words for these: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgets.html
RIGHTS = {"budgets:DescribeBudgets": "budgets:ViewBudget"}
LAYOUT = "secrets_layout/orders.yaml"


def test_each_call_in_an_account_is_one_that_guardrails_are_checked_for(
    example: Organization, emulator: Emulator
) -> None:
    example.converge()
    members = set(example.accounts().values()) - {example.plan().review.whose.account}
    # A change, one that fails and is gone on with, a creation that fails, a secret that is taken back, drift, the end.
    example.edit("account_specs/organization.yaml", "monthly_usd: 200", "monthly_usd: 250")
    emulator.fail_resource("AWS::Budgets::Budget")
    emulator.fail_rollback("AWS::Budgets::Budget")
    assert not example.apply().complete
    example.write("account_specs/carol.yaml", "developer: {name: carol, email: c@example.com, owner: c@example.com}\n")
    emulator.fail_resource("AWS::IAM::Role")
    assert not example.apply().complete
    members |= {example.accounts()["developer-carol"]}
    example.converge()
    assert example.destroy("destroy:example").complete
    example.converge(*(blocker.token for blocker in example.plan().blockers))
    workflow.inspect(example.plan(), KINDS)

    made = {
        f"{service}:{operation}"
        for service, _, operation in (
            call.action.partition(".") for call in emulator.calls() if call.account in members
        )
    }
    access = example.spec().organization.access_role
    known = {
        step.call.action for step in steps(example.spec().organization, StandIns(example.spec())) if step.role == access
    }
    assert {RIGHTS.get(action, action) for action in made} <= known
    # All were made indeed, but for one that takes a change set without a change; those of CloudFormation itself are not
    # seen here.
    own = {action for action in known if action.startswith("cloudformation:")}
    assert own - made == {"cloudformation:DeleteChangeSet"}
