"""The API calls that a plan shows are the ones that its apply makes."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from bootstrap import workflow
from bootstrap.aws.read_only import is_read
from bootstrap.aws.recording import Recorder
from bootstrap.engine.plan import Cause
from bootstrap.facts import GLOBAL_REGION
from bootstrap.model.names import BASELINE_STACK
from bootstrap.resources.organization.kind import ROOT_ADDRESS, OrganizationKind
from bootstrap.resources.registry import KINDS
from tests.system import any_organization
from tests.system.any_organization import Files, pairs
from tests.system.hands import HANDS
from tests.system.organization import Organization, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bootstrap.aws.client import AwsClient
    from bootstrap.emulator import Emulator
    from bootstrap.model.resource import Call
    from bootstrap.workflow import Planned

    MakePlan = Callable[[Organization, AwsClient, Sequence[str]], Planned]

# The ARN of a stack or change set stands for its name, which nothing else has.
_ARN = re.compile(r"arn:aws:cloudformation:[^:]*:[^:]*:(?:stack|changeSet)/([^/\"]+)/[^\"]*")
_NEW_NAME = re.compile(r"org-bootstrap-[0-9a-f]{32}")

EXAMPLES = 10
EXAMPLES_NIGHTLY = 40
# What they do between them: a strategy that comes to less of it shows little.
REACHED = {
    "AttachPolicy",
    "CloseAccount",
    "CreateAccount",
    "CreateChangeSet CREATE",
    "CreateChangeSet UPDATE",
    "CreateOrganizationalUnit",
    "DeleteOrganizationalUnit",
    "DeletePolicy",
    "DetachPolicy",
    "MoveAccount",
    "PutAccountName",
    "TagResource",
    "UpdatePolicy",
}


class Sent:
    """Every call that changed something, as it left botocore. What AWS refused had no effect, and is not here."""

    def __init__(self, aws: AwsClient) -> None:
        self.calls: list[tuple[str, Any]] = []
        aws.on_event("before-parameter-build", self._note)
        aws.on_event("after-call", self._keep)

    def _note(self, params: Any, model: Any, context: dict[str, Any], **_: Any) -> None:
        context["sent"] = (f"{model.service_model.service_name}.{model.name}", json.loads(json.dumps(params)))

    def _keep(self, http_response: Any, context: dict[str, Any], **_: Any) -> None:
        action, parameters = context["sent"]
        # The record of what was applied is no change of the plan.
        if http_response.status_code < 300 and not is_read(action.partition(".")[2]) and not action.startswith("ssm."):
            self.calls.append((action, parameters))


def shown(planned: Planned) -> list[Call]:
    return [call for change in planned.review.plan.changes for call in change.calls or ()]


def plain(action: str, parameters: Any, ids: dict[str, str]) -> str:
    """A call as text, with each AWS id replaced by the reference to its resource."""
    text = json.dumps([action, parameters], sort_keys=True, ensure_ascii=False)
    text = _NEW_NAME.sub("org-bootstrap-NEW", _ARN.sub(r"\1", text))
    for aws_id, reference in ids.items():
        text = re.sub(rf"(?<![\w-]){re.escape(aws_id)}(?![\w-])", reference, text)
    return text


def references(planned: Planned) -> dict[str, str]:
    """The reference that stands for each id that is known once the plan is applied."""
    ids = planned.context.ids
    here = {ROOT_ADDRESS, *planned.want, *(placement.address for placement in planned.review.placements)}
    here |= {change.address for change in planned.plan.changes}
    return {ids[address]: address.reference for address in here if address in ids}


def differ(shown: list[Any], made: list[Any]) -> tuple[list[Any], list[Any]]:
    """What was shown and not made, and what was made and not shown."""
    return sorted((Counter(shown) - Counter(made)).elements()), sorted((Counter(made) - Counter(shown)).elements())


def follow(part: list[str], whole: list[str]) -> bool:
    """Whether the whole has all of the part in the same order, whatever is between."""
    rest = iter(whole)
    return all(item in rest for item in part)


def check(organization: Organization, emulator: Emulator, make_plan: MakePlan) -> Planned:
    """Plan, apply, and compare the calls of the plan with those that were sent and with those that AWS received."""
    tokens = [blocker.token for blocker in make_plan(organization, organization.aws(), ()).review.blockers]
    aws = organization.aws()
    sent, before = Sent(aws), len(emulator.calls())
    planned = make_plan(organization, aws, tokens)
    assert workflow.apply(planned, KINDS, aws).complete
    ids = references(planned)

    made = [plain(*call, ids) for call in sent.calls]
    assert differ([plain(call.action, call.parameters, ids) for call in shown(planned)], made) == ([], [])
    for change in planned.review.plan.changes:
        assert follow([plain(call.action, call.parameters, ids) for call in change.calls or ()], made)

    received = [call for call in emulator.calls()[before:] if call.write and call.effect and "ssm." not in call.action]
    management = planned.review.organization.account
    accounts = {reference: aws_id for aws_id, reference in ids.items()}
    where = [
        (call.action, accounts.get(call.account, call.account or management), call.region or GLOBAL_REGION)
        for call in shown(planned)
    ]
    assert differ(where, [(call.action, call.account, call.region) for call in received]) == ([], [])
    assert not make_plan(organization, organization.aws(), ()).plan
    return planned


def plan(organization: Organization, aws: AwsClient, approvals: Sequence[str]) -> Planned:
    return organization.plan_with_calls(*approvals, aws=aws)


def destruction(organization: Organization, aws: AwsClient, approvals: Sequence[str]) -> Planned:
    recorder, here = Recorder(aws), next(iter(OrganizationKind().desired(organization.spec())))
    planned = workflow.plan_destruction(here, KINDS, recorder, approvals=approvals)
    return workflow.simulate(planned, KINDS, recorder.calls)


def operations(planned: Planned) -> Iterator[str]:
    """The operations of the calls that a plan shows, a change set with its type."""
    for call in shown(planned):
        sort = call.parameters.get("ChangeSetType", "")
        yield f"{call.action.partition('.')[2]} {sort}".strip()


@pytest.mark.long
def test_any_plan_shows_each_call_of_its_apply(
    tmp_path: Path, emulator: Emulator, request: pytest.FixtureRequest
) -> None:
    examples = EXAMPLES_NIGHTLY if request.config.getoption("nightly") else EXAMPLES
    reached: set[str] = set()
    causes: set[Cause] = set()

    # To make a failing example smaller takes minutes; what differs says enough.
    @given(pair=pairs(), hands=st.lists(st.sampled_from(HANDS), min_size=3, max_size=6, unique=True))
    @settings(max_examples=examples, phases=[Phase.generate], report_multiple_bugs=False)
    def holds(pair: tuple[Files, Files], hands: Sequence[Callable[[Organization], None]]) -> None:
        first, second = pair
        emulator.reset()
        any_organization.write(first, tmp_path)
        organization = Organization(tmp_path, emulator.endpoint)
        reached.update(operations(check(organization, emulator, plan)))
        for act in hands:
            act(organization)
        any_organization.write(second, tmp_path)
        organization = Organization(tmp_path, emulator.endpoint)
        # What no approval overrides, such as deleting an OU that an account stays in, is never applied.
        assume(all(blocker.token for blocker in organization.plan().review.blockers))
        planned = check(organization, emulator, plan)
        reached.update(operations(planned))
        causes.update(change.cause for change in planned.plan.changes)

    holds()
    assert reached >= REACHED
    assert causes >= {Cause.ASKED, Cause.DRIFT}


def test_a_destruction_shows_each_call_and_so_does_the_import_of_a_retained_secret(
    example: Organization, emulator: Emulator
) -> None:
    check(example, emulator, plan)
    assert "DeleteStack" in operations(check(example, emulator, destruction))
    planned = check(example, emulator, plan)
    (baseline,) = (change for change in planned.review.plan.changes if str(change.address) == "baseline:orders-beta")
    assert "the secret orders/mail is still in the account: it is imported, with its value" in baseline.remarks
    assert "IMPORT" in [call.parameters.get("ChangeSetType") for call in baseline.calls or ()]


def test_a_secret_that_somebody_removed_from_a_stack_is_imported_and_nothing_is_left_to_change(
    example: Organization, emulator: Emulator
) -> None:
    example.converge()
    cloudformation = example.client("cloudformation", example.accounts()["orders-production"], "eu-west-1")
    template = cloudformation.get_template(StackName=BASELINE_STACK)["TemplateBody"]
    del template["Resources"]["SecretOrdersDatabase"]
    cloudformation.update_stack(
        StackName=BASELINE_STACK, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=BASELINE_STACK, WaiterConfig={"Delay": 0})
    planned = check(example, emulator, plan)
    assert list(operations(planned)) == [
        "CreateChangeSet IMPORT",
        "ExecuteChangeSet",
        "CreateChangeSet UPDATE",
        "DeleteChangeSet",
    ]
    (change,) = planned.plan.changes
    assert change.cause is Cause.DRIFT


def test_where_no_slot_is_free_the_detach_comes_before_the_attach(example: Organization, emulator: Emulator) -> None:
    example.converge()
    fill(example, "Workloads/Production", 7)
    example.edit(
        "account_specs/organization.yaml",
        "guardrails: [iam.deny-users, secrets.protect]",
        "guardrails: [iam.deny-users, kms.deny-deletion]",
    )
    planned = check(example, emulator, plan)
    actions = [call.action.partition(".")[2] for call in shown(planned)]
    assert actions == ["CreatePolicy", "DetachPolicy", "AttachPolicy"]


def test_an_ou_without_full_aws_access_gets_it_with_the_first_policy_of_the_yaml(
    small: Organization, emulator: Emulator
) -> None:
    file, ou = "account_specs/organization.yaml", "  Workloads/Shut:\n"
    small.edit(file, "  Workloads/Developers:\n", f"  Workloads/Developers:\n{ou}")
    small.converge()
    target, organizations = fill(small, "Workloads/Shut", 1), small.client("organizations")
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=target)
    small.edit(file, ou, "  Workloads/Shut: {guardrails: [root.deny]}\n")
    planned = check(small, emulator, plan)
    changes = {str(change.address): change for change in planned.plan.changes}
    assert changes.keys() == {"attachment:FullAWSAccess@Workloads/Shut", "attachment:root.deny@Workloads/Shut"}
    opened = changes["attachment:FullAWSAccess@Workloads/Shut"]
    assert opened.remarks[-1] == "everything that no policy denies is allowed there again"
    assert [call.action.partition(".")[2] for call in shown(planned)] == ["AttachPolicy", "AttachPolicy"]
    found = organizations.list_policies_for_target(TargetId=target, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert {policy["Name"] for policy in found} == {"FullAWSAccess", "root.deny", "theirs-0"}


def test_where_somebody_disabled_the_type_its_policies_are_attached_again(
    small: Organization, emulator: Emulator
) -> None:
    small.converge()
    organizations = small.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert small.plan().plan.unmanaged == ()
    planned = check(small, emulator, plan)
    actions = [call.action.partition(".")[2] for call in shown(planned)]
    assert actions == ["EnablePolicyType", "AttachPolicy", "AttachPolicy", "AttachPolicy"]
    assert {change.cause for change in planned.plan.changes} == {Cause.DRIFT}
    found = organizations.list_policies_for_target(TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert {policy["Name"] for policy in found} == {"FullAWSAccess", "root.deny"}


def test_a_stack_whose_creation_failed_is_deleted_first(small: Organization, emulator: Emulator) -> None:
    emulator.fail_resource("AWS::IAM::Role")
    assert not small.apply().complete
    planned = check(small, emulator, plan)
    actions = [call.action.partition(".")[2] for call in shown(planned)]
    assert actions[:3] == ["DeleteStack", "CreateChangeSet", "ExecuteChangeSet"]


def test_a_rollback_that_failed_is_continued(small: Organization, emulator: Emulator) -> None:
    small.converge()
    small.edit("account_specs/organization.yaml", "monthly_usd: 50", "monthly_usd: 60")
    emulator.fail_resource("AWS::Budgets::Budget")
    emulator.fail_rollback("AWS::Budgets::Budget")
    assert not small.apply().complete
    planned = check(small, emulator, plan)
    actions = [call.action.partition(".")[2] for call in shown(planned)]
    assert actions == ["ContinueUpdateRollback", "CreateChangeSet", "ExecuteChangeSet"]
