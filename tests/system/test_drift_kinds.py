"""What somebody may change by hand, each found by `plan` or by `drift`: the documentation says by which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import workflow
from bootstrap.engine.plan import Cause
from bootstrap.render.drift import describe_drift, find_drift, render_drift
from bootstrap.render.markdown import LIMIT
from bootstrap.render.text import render_text
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.emulator import Emulator
    from bootstrap.engine.plan import Finding
    from tests.system.organization import Organization

KEY = "orders-production"
ACCESS = "OrganizationAccountAccessRole"
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
ANYBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
Hand = "Callable[[Organization], object]"


def policy(organization: Organization, name: str) -> str:
    found = organization.client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return str(next(policy["Id"] for policy in found if policy["Name"] == name))


def detach_policy(organization: Organization) -> None:
    organization.client("organizations").detach_policy(
        PolicyId=policy(organization, "region.limit"), TargetId=organization.ous()["Workloads"]
    )


def change_policy(organization: Organization) -> None:
    organization.client("organizations").update_policy(PolicyId=policy(organization, "region.limit"), Content=DENY)


def change_version(organization: Organization) -> None:
    """All statements stay as they are, and mean something else where they have variables."""
    organizations, changed = organization.client("organizations"), policy(organization, "region.limit")
    content = json.loads(organizations.describe_policy(PolicyId=changed)["Policy"]["Content"])
    organizations.update_policy(PolicyId=changed, Content=json.dumps({**content, "Version": "2008-10-17"}))


def attach_policy(organization: Organization) -> None:
    organization.client("organizations").attach_policy(
        PolicyId=policy(organization, "iam.deny-users"), TargetId=organization.ous()["Infrastructure"]
    )


def change_tag(organization: Organization) -> None:
    tags = [{"Key": "org-bootstrap:owner", "Value": "nobody@example.com"}]
    organization.client("organizations").tag_resource(ResourceId=organization.accounts()[KEY], Tags=tags)


def move_account(organization: Organization) -> None:
    ous = organization.ous()
    organization.client("organizations").move_account(
        AccountId=organization.accounts()[KEY],
        SourceParentId=ous["Workloads/Production"],
        DestinationParentId=ous["Workloads/Developers"],
    )


def make_account(organization: Organization) -> None:
    organization.make_account("somebody@example.org", "somebody")


def inside(organization: Organization, service: str) -> Any:
    return organization.client(service, organization.accounts()[KEY], "eu-west-1")


def change_trust(organization: Organization) -> None:
    document = json.dumps(ANYBODY)
    inside(organization, "iam").update_assume_role_policy(RoleName="org-bootstrap-deploy", PolicyDocument=document)


def take_policy_from_role(organization: Organization) -> None:
    iam, role = inside(organization, "iam"), "org-bootstrap-execution"
    (attached,) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])


def put_policy_on_role(organization: Organization) -> None:
    iam = inside(organization, "iam")
    iam.put_role_policy(RoleName="org-bootstrap-deploy", PolicyName="more", PolicyDocument=DENY)


def change_policy_of_role(organization: Organization) -> None:
    iam = inside(organization, "iam")
    iam.put_role_policy(RoleName="org-bootstrap-deploy", PolicyName="deploy", PolicyDocument=DENY)


def attach_policy_to_role(organization: Organization) -> None:
    inside(organization, "iam").attach_role_policy(RoleName="org-bootstrap-deploy", PolicyArn=POWER_USER)


def change_boundary_of_role(organization: Organization) -> None:
    iam = inside(organization, "iam")
    iam.put_role_permissions_boundary(RoleName="org-bootstrap-execution", PermissionsBoundary=POWER_USER)


def change_text_of_boundary(organization: Organization) -> None:
    boundary = f"arn:aws:iam::{organization.accounts()[KEY]}:policy/org-bootstrap-boundary"
    inside(organization, "iam").create_policy_version(PolicyArn=boundary, PolicyDocument=DENY, SetAsDefault=True)


def delete_role(organization: Organization) -> None:
    iam, role = inside(organization, "iam"), "org-bootstrap-execution"
    take_policy_from_role(organization)
    iam.delete_role(RoleName=role)


def delete_secret(organization: Organization) -> None:
    inside(organization, "secretsmanager").delete_secret(SecretId="orders/database")


def let_sessions_last(organization: Organization) -> None:
    inside(organization, "iam").update_role(RoleName="org-bootstrap-deploy", MaxSessionDuration=43200)


def budget(organization: Organization) -> tuple[Any, dict[str, Any]]:
    """A client for the one budget, and the budget."""
    budgets = inside(organization, "budgets")
    (found,) = budgets.describe_budgets(AccountId=organization.accounts()[KEY])["Budgets"]
    return budgets, found


def change_limit_of_budget(organization: Organization) -> None:
    budgets, found = budget(organization)
    budgets.update_budget(
        AccountId=organization.accounts()[KEY],
        NewBudget={**found, "BudgetLimit": {"Amount": "100000", "Unit": "USD"}},
    )


def delete_budget(organization: Organization) -> None:
    budgets, found = budget(organization)
    budgets.delete_budget(AccountId=organization.accounts()[KEY], BudgetName=found["BudgetName"])


IN_PLAN = [
    (detach_policy, "create attachment:region.limit@Workloads"),
    (change_policy, "update policy:region.limit"),
    (change_version, "update policy:region.limit"),
    (attach_policy, "delete attachment:iam.deny-users@Infrastructure"),
    (change_tag, f"update account:{KEY}"),
    (move_account, f"update account:{KEY}"),
]
INSIDE = [
    (change_trust, "DeployRole", "its trust policy was changed"),
    (take_policy_from_role, "ExecutionRole", "AdministratorAccess was detached from it"),
    (put_policy_on_role, "DeployRole", "the inline policy more was added"),
    (change_policy_of_role, "DeployRole", "its inline policy deploy was changed"),
    (attach_policy_to_role, "DeployRole", f"the policy {POWER_USER} was attached to it"),
    (change_boundary_of_role, "ExecutionRole", "its permissions boundary was changed"),
    (change_text_of_boundary, "PermissionsBoundary", "it was changed"),
    (let_sessions_last, "DeployRole", "its maximum session duration was changed"),
    (delete_role, "ExecutionRole", "the role org-bootstrap-execution was deleted"),
    (delete_secret, "SecretOrdersDatabase", "the secret orders/database was deleted, or is scheduled for deletion"),
    (change_limit_of_budget, "MonthlyBudget", "its limit was changed"),
    (delete_budget, "MonthlyBudget", "the budget org-bootstrap-monthly-"),
]


@pytest.fixture
def converged(example: Organization) -> Organization:
    example.converge()
    return example


def find(organization: Organization) -> tuple[workflow.Planned, tuple[Finding, ...]]:
    planned = organization.plan()
    return planned, workflow.inspect(planned, KINDS)


@pytest.mark.parametrize(("hand", "found"), IN_PLAN, ids=[hand.__name__ for hand, _ in IN_PLAN])
def test_what_a_plan_finds_and_an_apply_reverts(
    converged: Organization, hand: Callable[[Organization], None], found: str
) -> None:
    hand(converged)
    planned, findings = find(converged)
    assert [(f"{change.action} {change.address}", change.cause) for change in planned.plan.changes] == [
        (found, Cause.DRIFT)
    ]
    assert findings == ()
    assert found.split()[1] in render_drift(planned.review, findings)
    assert json.loads(describe_drift(planned.review, findings))["changes"][0]["cause"] == "drift"
    converged.converge()


@pytest.mark.parametrize(("hand", "part", "what"), INSIDE, ids=[hand.__name__ for hand, _, _ in INSIDE])
def test_what_only_drift_finds(
    converged: Organization, hand: Callable[[Organization], None], part: str, what: str
) -> None:
    hand(converged)
    planned, (finding, *rest) = find(converged)
    assert not planned.plan
    assert rest == []
    assert (str(finding.address), finding.part) == (f"baseline:{KEY}", part)
    assert what in finding.what
    text = render_drift(planned.review, [finding])
    assert f"~ baseline:{KEY} {part}: " in text
    assert what in render_drift(planned.review, [finding], markdown=True)
    report = render_drift(planned.review, [finding] * 5000, markdown=True)
    assert len(report.encode()) <= LIMIT
    assert "… and 4940 more" in report


def test_an_unmanaged_account_is_in_every_plan(converged: Organization) -> None:
    make_account(converged)
    planned, findings = find(converged)
    assert not planned.plan
    assert findings == ()
    assert 'account:somebody@example.org: "somebody" in Root, not in the YAML' in render_text(planned.review)


def open_door(organization: Organization, account: str, *principals: object, but: object = None) -> None:
    """Trust those, beside the management account; and, where it is given, all but one."""
    management = organization.client("sts").get_caller_identity()["Account"]
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trusted = [{"AWS": f"arn:aws:iam::{management}:root"}, *principals]
    statements = [{**statement, "Principal": each} for each in trusted]
    statements += [{**statement, "NotPrincipal": but}] if but else []
    document = {"Version": "2012-10-17", "Statement": statements}
    iam = organization.client("iam", organization.accounts()[account])
    iam.update_assume_role_policy(RoleName=ACCESS, PolicyDocument=json.dumps(document))


def test_who_else_may_enter_an_account_is_found_in_all_of_them(converged: Organization) -> None:
    """The account security has no baseline, and of developer-alice a change is asked for."""
    open_door(converged, "security", "*", {"Federated": "cognito-identity.amazonaws.com"})
    open_door(converged, "developer-alice", {"AWS": ["arn:aws:iam::210987654321:root", "210987654321"]})
    management = converged.client("sts").get_caller_identity()["Account"]
    converged.client("iam").create_user(UserName="ci")
    gone = "AROA" + "A" * 17
    open_door(converged, "tooling", {"AWS": [management, f"arn:aws:iam::{management}:user/ci", gone]})
    open_door(converged, KEY, but={"AWS": "arn:aws:iam::210987654321:root"})
    converged.edit("account_specs/developers/alice.yaml", "name: alice", "name: alice\n  account_name: Alice")
    _, findings = find(converged)
    assert [(str(found.address), found.part, found.what.partition(": ")[2]) for found in findings] == [
        ("account:developer-alice", ACCESS, "210987654321, arn:aws:iam::210987654321:root"),
        (f"account:{KEY}", ACCESS, 'everyone except {"AWS": "arn:aws:iam::210987654321:root"}'),
        ("account:security", ACCESS, "*, cognito-identity.amazonaws.com"),
    ]
    assert all(
        found.what.startswith("its trust policy admits principals outside the management account") for found in findings
    )


def test_an_account_that_cannot_be_entered_is_reported_and_no_drift(converged: Organization) -> None:
    security = converged.accounts()["security"]
    iam = converged.client("iam", security)
    for policy in iam.list_role_policies(RoleName=ACCESS)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ACCESS, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=ACCESS)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ACCESS, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=ACCESS)
    said: list[str] = []
    assert workflow.inspect(converged.plan(), KINDS, lambda address, text: said.append(f"{address}: {text}")) == ()
    (text,) = said
    assert text.startswith("account:security: could not be entered: ")


def test_there_is_no_drift_where_nobody_changed_anything(converged: Organization) -> None:
    planned, findings = find(converged)
    assert findings == ()
    assert not find_drift(planned.review, findings)


def test_a_statement_with_the_sid_of_another_is_found(small: Organization) -> None:
    """Of the two, the one that the YAML wants stands last."""
    small.converge()
    organizations, here = small.client("organizations"), policy(small, "region.limit")
    content = json.loads(organizations.describe_policy(PolicyId=here)["Policy"]["Content"])
    other = {"Sid": content["Statement"][0]["Sid"], "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    content["Statement"].insert(0, other)
    organizations.update_policy(PolicyId=here, Content=json.dumps(content))
    planned = small.plan()
    assert [f"{change.action} {change.address}" for change in planned.plan.changes] == ["update policy:region.limit"]
    assert '"s3:*"' in describe_drift(planned.review, ())
    small.converge()


def test_a_change_that_is_pending_hides_nothing_inside(converged: Organization) -> None:
    change_trust(converged)
    converged.edit("account_specs/organization.yaml", "budget: {monthly_usd: 1000}", "budget: {monthly_usd: 1001}")
    cloudformation = inside(converged, "cloudformation")
    template = cloudformation.get_template(StackName="org-bootstrap-baseline")["TemplateBody"]
    template["Resources"]["SecretOrdersDatabase"]["Properties"]["Description"] = "somebody's"
    cloudformation.update_stack(
        StackName="org-bootstrap-baseline", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    planned, (finding,) = find(converged)
    assert f"baseline:{KEY}" in {str(change.address) for change in planned.plan.changes}
    assert (str(finding.address), finding.part, finding.what) == (
        f"baseline:{KEY}",
        "DeployRole",
        "its trust policy was changed",
    )


def test_a_pending_change_is_no_drift_inside(converged: Organization) -> None:
    """The YAML wants what is not there yet."""
    converged.edit("account_specs/organization.yaml", "budget: {monthly_usd: 1000}", "budget: {monthly_usd: 1001}")
    converged.remove("secrets_layout/orders.yaml")
    planned, findings = find(converged)
    assert planned.plan
    assert findings == ()


def test_drift_inside_a_retained_account_is_found(converged: Organization) -> None:
    account = "    production:\n      email: aws+orders-production@example.com\n"
    converged.edit("account_specs/applications/orders.yaml", account, "")
    assert find(converged)[1] == ()
    change_trust(converged)
    open_door(converged, KEY, "*")
    planned, findings = find(converged)
    assert {f"account:{KEY}", f"baseline:{KEY}"} <= {str(resource.address) for resource in planned.plan.retained}
    assert [(str(found.address), found.part) for found in findings] == [
        (f"account:{KEY}", ACCESS),
        (f"baseline:{KEY}", "DeployRole"),
    ]


def test_a_failed_stack_is_no_drift(small: Organization, emulator: Emulator) -> None:
    """Its template says what it was to hold."""
    emulator.fail_resource("AWS::IAM::Role")
    assert not small.apply().complete
    planned, findings = find(small)
    assert planned.plan
    assert findings == ()
