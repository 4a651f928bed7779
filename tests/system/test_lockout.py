"""The lock-out check knows every request that org-bootstrap makes in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import workflow
from bootstrap.policy.placeholder_ids import PlaceholderIds
from bootstrap.policy.required_permissions import role_permissions
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

# IAM has other words for these: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgets.html
RIGHTS = {"budgets:DescribeBudgets": "budgets:ViewBudget"}
LAYOUT = "secrets_layout/orders.yaml"


def test_the_lockout_check_knows_every_request_made_in_an_account(example: Organization, emulator: Emulator) -> None:
    example.converge()
    members = set(example.accounts().values()) - {example.plan().review.organization.account}
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
    example.converge(*(blocker.token for blocker in example.plan().review.blockers))
    workflow.inspect(example.plan(), KINDS)

    made = {
        f"{service}:{operation}"
        for service, _, operation in (
            call.action.partition(".") for call in emulator.calls() if call.account in members
        )
    }
    spec = example.spec()
    access = spec.organization.access_role
    known = {
        required.request.action
        for required in role_permissions(spec.organization, PlaceholderIds(spec))
        if required.principal == access
    }
    assert {RIGHTS.get(action, action) for action in made} <= known
    # All were made indeed, but for one that takes a change set without a change; those of CloudFormation itself are not
    # seen here.
    own = {action for action in known if action.startswith("cloudformation:")}
    assert own - made == {"cloudformation:DeleteChangeSet"}
