"""Baselines that somebody's hand was in, or that a plan could not look at: nothing of them goes without a word."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bootstrap import workflow
from bootstrap.apply import Failed
from bootstrap.kinds import KINDS
from bootstrap.names import BASELINE_STACK
from bootstrap.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.sandbox import Sandbox
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ACCESS = "OrganizationAccountAccessRole"


@contextmanager
def shut(organization: Organization, account: str) -> Iterator[None]:
    """The account cannot be entered for as long as this lasts."""
    iam = organization.client("iam", organization.accounts()[account])
    trust = iam.get_role(RoleName=ACCESS)["Role"]["AssumeRolePolicyDocument"]
    policies = {
        name: iam.get_role_policy(RoleName=ACCESS, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=ACCESS)["PolicyNames"]
    }
    attached = [found["PolicyArn"] for found in iam.list_attached_role_policies(RoleName=ACCESS)["AttachedPolicies"]]
    for name in policies:
        iam.delete_role_policy(RoleName=ACCESS, PolicyName=name)
    for arn in attached:
        iam.detach_role_policy(RoleName=ACCESS, PolicyArn=arn)
    iam.delete_role(RoleName=ACCESS)
    yield
    iam.create_role(RoleName=ACCESS, AssumeRolePolicyDocument=json.dumps(trust))
    for name, document in policies.items():
        iam.put_role_policy(RoleName=ACCESS, PolicyName=name, PolicyDocument=json.dumps(document))
    for arn in attached:
        iam.attach_role_policy(RoleName=ACCESS, PolicyArn=arn)


def inside(organization: Organization, account: str, service: str) -> Any:
    return organization.client(service, organization.accounts()[account], "eu-west-1")


def baseline_actions(planned: workflow.Planned) -> dict[str, Action]:
    return {str(change.address): change.action for change in planned.plan.changes if change.address.kind == "baseline"}


def test_a_baseline_that_the_plan_could_not_see_is_not_changed_by_its_apply(example: Organization) -> None:
    """The account can be entered again while somebody reads the plan, which asks for no word."""
    example.converge()
    secrets = inside(example, "orders-production", "secretsmanager")
    value = secrets.get_secret_value(SecretId="orders/session-signing")["SecretString"]
    example.edit("secrets_layout/orders.yaml", "length: ", "length: 1")
    only = ["account:orders-production"]
    words = [refusal.token for refusal in example.plan(only=only).refusals]
    assert "regenerate:orders-production/orders/session-signing" in words
    with shut(example, "orders-production"):
        planned = example.plan(only=only)
        assert [str(item.address) for item in planned.plan.unseen] == ["baseline:orders-production"]
        assert planned.refusals == ()
    (failed,) = workflow.apply(planned, KINDS).outcomes
    assert isinstance(failed, Failed)
    assert f"there is a stack {BASELINE_STACK} in account " in failed.error.message
    assert failed.error.hint.startswith("plan again")
    assert secrets.get_secret_value(SecretId="orders/session-signing")["SecretString"] == value
    assert [refusal.token for refusal in example.plan(only=only).refusals] == words


def test_a_baseline_that_the_plan_could_not_see_and_that_is_as_wanted_is_done(small: Organization) -> None:
    small.converge()
    with shut(small, "developer-alice"):
        planned = small.plan()
        assert baseline_actions(planned) == {"baseline:developer-alice": Action.CREATE}
    assert workflow.apply(planned, KINDS).complete
    assert not small.plan().plan


def test_a_baseline_that_never_came_to_be_is_made_though_the_plan_could_not_see_it(
    small: Organization, sandbox: Sandbox
) -> None:
    sandbox.requests.fail_resource("AWS::IAM::Role")
    assert not small.apply().complete
    stacks = inside(small, "developer-alice", "cloudformation")
    assert stacks.describe_stacks(StackName=BASELINE_STACK)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    with shut(small, "developer-alice"):
        planned = small.plan()
    assert workflow.apply(planned, KINDS).complete
    assert not small.plan().plan
