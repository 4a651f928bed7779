"""Baselines that somebody changed by hand, or that a plan could not read: nothing is lost without an approval."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bootstrap import workflow
from bootstrap.engine.apply import Failed
from bootstrap.engine.plan import Action, Cause
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, DEPLOY_ROLE, EXECUTION_ROLE
from bootstrap.render.html.page import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.text import render_text
from bootstrap.resources.baseline.drift import NOT_COMPARABLE
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
ALICE = "email: aws+alice@example.com, owner: a@example.com, ou: Workloads/Developers"
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


def test_a_baseline_that_the_plan_could_not_read_is_not_changed_by_its_apply(example: Organization) -> None:
    """The account can be entered again while somebody reads the plan, which needs no approval."""
    example.converge()
    secrets = inside(example, "orders-production", "secretsmanager")
    value = secrets.get_secret_value(SecretId="orders/session-signing")["SecretString"]
    example.edit("secrets_layout/orders.yaml", "length: ", "length: 1")
    targets = ["account:orders-production"]
    tokens = [blocker.token for blocker in example.plan(targets=targets).review.blockers]
    assert "regenerate:orders-production/orders/session-signing" in tokens
    with shut(example, "orders-production"):
        planned = example.plan(targets=targets)
        assert [str(item.address) for item in planned.plan.inaccessible] == ["baseline:orders-production"]
        assert planned.review.blockers == ()
    (failed,) = workflow.apply(planned, KINDS, example.aws()).outcomes
    assert isinstance(failed, Failed)
    assert f"has a stack {BASELINE_STACK} that the plan did not see" in failed.error.message
    assert failed.error.hint.startswith("plan again")
    assert secrets.get_secret_value(SecretId="orders/session-signing")["SecretString"] == value
    assert [blocker.token for blocker in example.plan(targets=targets).review.blockers] == tokens


def test_a_baseline_that_the_plan_could_not_read_and_that_is_as_wanted_counts_as_created(small: Organization) -> None:
    small.converge()
    with shut(small, "developer-alice"):
        planned = small.plan()
        assert baseline_actions(planned) == {"baseline:developer-alice": Action.CREATE}
    assert workflow.apply(planned, KINDS, small.aws()).complete
    assert not small.plan().plan


def test_a_baseline_whose_creation_failed_is_created_though_the_plan_could_not_read_it(
    small: Organization, emulator: Emulator
) -> None:
    emulator.fail_resource("AWS::IAM::Role")
    assert not small.apply().complete
    stacks = inside(small, "developer-alice", "cloudformation")
    assert stacks.describe_stacks(StackName=BASELINE_STACK)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    with shut(small, "developer-alice"):
        planned = small.plan()
    assert workflow.apply(planned, KINDS, small.aws()).complete
    assert not small.plan().plan


def template(organization: Organization, stack: str = BASELINE_STACK) -> dict[str, Any]:
    """The template of a stack of alice's, free to be changed."""
    body = inside(organization, "developer-alice", "cloudformation").get_template(StackName=stack)["TemplateBody"]
    found: dict[str, Any] = json.loads(json.dumps(body))
    return found


def update_by_hand(organization: Organization, text: str, stack: str = BASELINE_STACK) -> None:
    """As in the console."""
    cloudformation = inside(organization, "developer-alice", "cloudformation")
    cloudformation.update_stack(StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"])


def revert(organization: Organization) -> set[str]:
    """Revert alice's baseline, after checking that every form of the plan can be read; the approvals that it needed."""
    planned = organization.plan()
    assert [(str(change.address), change.cause) for change in planned.plan.changes] == [
        ("baseline:developer-alice", Cause.DRIFT)
    ]
    for render in (render_text, render_markdown, render_html):
        assert "developer-alice" in render(planned.review)
    assert {finding.what for finding in workflow.inspect(planned, KINDS)} <= {NOT_COMPARABLE}
    tokens = {blocker.token for blocker in planned.review.blockers}
    organization.converge(*tokens)
    return tokens


def test_a_stack_that_somebody_updated_with_yaml_is_reverted(small: Organization) -> None:
    small.converge()
    ours = template(small)
    del ours["Resources"]["DeployRole"]
    ours["Resources"]["Theirs"] = {
        "Type": "AWS::IAM::Role",
        "Properties": template(small)["Resources"]["DeployRole"]["Properties"],
    }
    ours["Resources"]["Theirs"]["Properties"]["RoleName"] = "theirs"
    update_by_hand(small, f"# by hand\n{yaml.safe_dump(ours)}")
    assert "remove:developer-alice/Theirs" in revert(small)
    assert template(small)["Resources"].keys() == {"DeployRole", "ExecutionRole", "PermissionsBoundary"}


def reworded(value: Any) -> Any:
    """The same policy as somebody else would write it: each list the other way round, each value a list."""
    if isinstance(value, dict):
        return {
            key: item if key.startswith("Fn::") or key in {"Ref", "Effect", "Sid", "Version"} else reworded(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [reworded(item) if isinstance(item, dict) else item for item in reversed(value)]
    return [value] if isinstance(value, str) else value


def test_a_policy_that_says_the_same_in_another_form_is_no_change(small: Organization) -> None:
    small.converge()
    made = template(small)
    for resource in made["Resources"].values():
        properties = resource["Properties"]
        for name in ("AssumeRolePolicyDocument", "PolicyDocument"):
            if name in properties:
                properties[name] = reworded(properties[name])
        for policy in properties.get("Policies", []):
            policy["PolicyDocument"] = reworded(policy["PolicyDocument"])
    assert made != template(small)
    update_by_hand(small, json.dumps(made))
    assert template(small) == made
    assert not small.plan().plan

    trust_of(made["Resources"])["Statement"][0]["Action"] += ["sts:SetSourceIdentity"]
    update_by_hand(small, json.dumps(made))
    revert(small)


def trust_of(resources: dict[str, Any]) -> Any:
    return resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]


def one_statement(resources: dict[str, Any]) -> None:
    trust = trust_of(resources)
    (trust["Statement"],) = trust["Statement"]


def a_choice(resources: dict[str, Any]) -> None:
    (statement,) = trust_of(resources)["Statement"]
    trust_of(resources)["Statement"] = [{"Fn::If": ["Open", {**statement, "Principal": "*"}, statement]}]


def a_condition_to_choose(resources: dict[str, Any]) -> None:
    (statement,) = trust_of(resources)["Statement"]
    statement["Condition"] = {"Fn::If": ["Open", {"Ref": "AWS::NoValue"}, statement["Condition"]]}


def one_that_denies(resources: dict[str, Any]) -> None:
    (statement,) = trust_of(resources)["Statement"]
    trust_of(resources)["Statement"].append({**statement, "Sid": "Theirs", "Effect": "Deny"})


def a_secret_of_no_name(resources: dict[str, Any]) -> None:
    resources["Theirs"] = {"Type": "AWS::SecretsManager::Secret"}


def a_secret_of_a_made_name(resources: dict[str, Any]) -> None:
    resources["Theirs"] = {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "Retain",
        "Properties": {"Name": {"Fn::Sub": "theirs-${AWS::Region}"}},
    }


@pytest.mark.parametrize(
    ("hand", "tokens"),
    [
        (one_statement, set()),
        (a_choice, {"trust:developer-alice/DeployRole"}),
        (a_condition_to_choose, {"trust:developer-alice/DeployRole"}),
        (one_that_denies, {"trust:developer-alice/DeployRole"}),
        (a_secret_of_no_name, {"remove:developer-alice/Theirs"}),
        (a_secret_of_a_made_name, set()),
    ],
)
def test_whatever_somebody_wrote_into_a_template_is_reverted(
    small: Organization, hand: Callable[[dict[str, Any]], None], tokens: set[str]
) -> None:
    small.converge()
    theirs = template(small)
    theirs["Conditions"] = {"Open": {"Fn::Equals": ["a", "a"]}}
    del theirs["Description"]
    hand(theirs["Resources"])
    update_by_hand(small, json.dumps(theirs))
    assert revert(small) == tokens


def test_a_template_that_cannot_be_read_is_replaced_with_an_approval(small: Organization) -> None:
    small.converge()
    theirs = template(small)
    theirs["Resources"]["DeployRole"]["Properties"]["MaxSessionDuration"] = 43200
    update_by_hand(small, json.dumps(theirs))
    aws = small.aws()

    def garble(parsed: Any, **_: Any) -> None:
        parsed["TemplateBody"] = "Resources: {? [a]: b}"

    aws.on_event("after-call.cloudformation.GetTemplate", garble)
    planned = small.plan(aws=aws)
    tokens = {blocker.token: blocker.reason for blocker in planned.review.blockers}
    assert "cannot be read" in tokens[f"remove:developer-alice/{BASELINE_STACK}"]
    assert "cannot be read" in render_text(planned.review)
    assert small.apply(*tokens, aws=aws).complete
    assert not small.plan().plan
    iam = inside(small, "developer-alice", "iam")
    assert iam.get_role(RoleName=DEPLOY_ROLE)["Role"]["MaxSessionDuration"] == 3600


def role_by_hand(role: str) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [allow]}
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": role, "AssumeRolePolicyDocument": trust}}


def test_what_somebody_put_into_the_other_stack_is_reverted(small: Organization) -> None:
    """Under an id of its own, and under one that hides what was done to the stack that it is in."""
    small.converge()
    ours, budget = template(small), template(small, BUDGET_STACK)
    (limit,) = budget["Resources"].values()
    budget["Resources"] |= {"Theirs": role_by_hand("theirs"), "ExecutionRole": role_by_hand("hidden")}
    ours["Resources"]["DeployRole"]["Properties"]["MaxSessionDuration"] = 43200
    budget["Resources"]["DeployRole"] = template(small)["Resources"]["DeployRole"]
    budget["Resources"]["DeployRole"]["Properties"]["RoleName"] = "another"
    update_by_hand(small, json.dumps(ours))
    update_by_hand(small, json.dumps(budget), BUDGET_STACK)
    tokens = revert(small)
    assert {
        f"remove:developer-alice/{BUDGET_STACK}/{key}" for key in ("Theirs", "ExecutionRole", "DeployRole")
    } == tokens
    iam = inside(small, "developer-alice", "iam")
    assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {ACCESS, DEPLOY_ROLE, EXECUTION_ROLE}
    assert iam.get_role(RoleName=DEPLOY_ROLE)["Role"]["MaxSessionDuration"] == 3600
    assert list(template(small, BUDGET_STACK)["Resources"].values()) == [limit]


def test_a_budget_of_another_name_in_the_wrong_stack_is_reverted(small: Organization) -> None:
    """A budget of the id that a role has in the other stack is neither."""
    small.converge()
    ours, budget = template(small), template(small, BUDGET_STACK)
    (limit,) = budget["Resources"].values()
    theirs = json.loads(json.dumps(limit))
    theirs["Properties"]["Budget"]["BudgetName"] = "theirs"
    budget["Resources"]["DeployRole"] = theirs
    ours["Resources"]["Limit"] = json.loads(json.dumps(theirs))
    ours["Resources"]["Limit"]["Properties"]["Budget"]["BudgetName"] = "theirs too"
    update_by_hand(small, json.dumps(ours))
    update_by_hand(small, json.dumps(budget), BUDGET_STACK)
    assert revert(small) == set()
    assert list(template(small, BUDGET_STACK)["Resources"].values()) == [limit]
    assert "Limit" not in template(small)["Resources"]


def leave_for_none(small: Organization) -> None:
    """Alice's account becomes a shared one, and its tag names no environment any more."""
    small.remove("account_specs/alice.yaml")
    small.edit(FILE, "accounts:\n", f"accounts:\n  alice: {{{ALICE}}}\n")
    small.converge("leave:alice")


def test_the_baseline_of_an_account_that_is_shared_now_is_retained_until_everything_is_destroyed(
    small: Organization,
) -> None:
    small.converge()
    leave_for_none(small)
    assert [str(resource.address) for resource in small.plan().plan.retained] == ["baseline:alice"]
    assert small.destroy("destroy:small").complete
    roles = inside(small, "alice", "iam").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles] == [ACCESS]


def test_only_a_baseline_that_a_tag_tells_of_is_inaccessible(small: Organization) -> None:
    """Tooling never had one. Of developer-alice the tag says so once the YAML does not."""
    small.converge()
    small.remove("account_specs/alice.yaml")
    with shut(small, "tooling"), shut(small, "developer-alice"):
        assert [str(item.address) for item in small.plan().plan.inaccessible] == ["baseline:developer-alice"]
    assert small.plan().plan.inaccessible == ()
