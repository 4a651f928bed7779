"""What a plan says that it will call is what the apply calls."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from bootstrap import workflow
from bootstrap.engine.plan import Cause
from bootstrap.facts import GLOBAL_REGION
from bootstrap.model.names import BASELINE_STACK
from bootstrap.resources.organization import ROOT_ADDRESS, OrganizationKind
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import Recording
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

EXAMPLES = 18
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
    "DeleteStack",
    "DetachPolicy",
    "MoveAccount",
    "PutAccountName",
    "TagResource",
    "UpdatePolicy",
}


class Overheard:
    """Every call that changed something, as it left botocore: what AWS refused had no effect, and is not here."""

    def __init__(self, aws: AwsClient) -> None:
        self.calls: list[tuple[str, Any]] = []
        aws.on_event("before-parameter-build", self._note)
        aws.on_event("after-call", self._keep)

    def _note(self, params: Any, model: Any, context: dict[str, Any], **_: Any) -> None:
        context["overheard"] = (f"{model.service_model.service_name}.{model.name}", json.loads(json.dumps(params)))

    def _keep(self, http_response: Any, context: dict[str, Any], **_: Any) -> None:
        action, parameters = context["overheard"]
        reads = action.partition(".")[2].startswith(("Describe", "List", "Get", "AssumeRole"))
        # The tool's own memory of what it applied is no change of the plan.
        if http_response.status_code < 300 and not reads and not action.startswith("ssm."):
            self.calls.append((action, parameters))


def told(planned: Planned) -> list[Call]:
    return [call for change in planned.plan.changes for call in change.calls or ()]


def plain(action: str, parameters: Any, ids: dict[str, str]) -> str:
    """A call as text, each id of AWS's replaced by what it is of."""
    text = json.dumps([action, parameters], sort_keys=True, ensure_ascii=False)
    text = _NEW_NAME.sub("org-bootstrap-NEW", _ARN.sub(r"\1", text))
    for aws_id, reference in ids.items():
        text = re.sub(rf"(?<![\w-]){re.escape(aws_id)}(?![\w-])", reference, text)
    return text


def references(planned: Planned) -> dict[str, str]:
    """What stands for each id that is known once the plan is applied."""
    ids = planned.context.ids
    here = {ROOT_ADDRESS, *planned.want, *(place.address for place in planned.review.places)}
    here |= {change.address for change in planned.plan.changes}
    return {ids[address]: address.reference for address in here if address in ids}


def differ(told: list[Any], made: list[Any]) -> tuple[list[Any], list[Any]]:
    """What was told and not made, and what was made and not told."""
    return sorted((Counter(told) - Counter(made)).elements()), sorted((Counter(made) - Counter(told)).elements())


def follow(part: list[str], whole: list[str]) -> bool:
    """Whether all of a part are in the whole in their order, whatever is between."""
    rest = iter(whole)
    return all(item in rest for item in part)


def check(organization: Organization, emulator: Emulator, make_plan: MakePlan) -> Planned:
    """Plan, apply, and hold what was told against what was overheard and against what AWS saw."""
    tokens = [blocker.token for blocker in make_plan(organization, organization.aws(), ()).blockers]
    aws = organization.aws()
    overheard, before = Overheard(aws), len(emulator.calls())
    planned = make_plan(organization, aws, tokens)
    assert workflow.apply(planned, KINDS).complete
    ids = references(planned)

    made = [plain(*call, ids) for call in overheard.calls]
    assert differ([plain(call.action, call.parameters, ids) for call in told(planned)], made) == ([], [])
    for change in planned.plan.changes:
        assert follow([plain(call.action, call.parameters, ids) for call in change.calls or ()], made)

    seen = [call for call in emulator.calls()[before:] if call.write and call.effect and "ssm." not in call.action]
    management = planned.review.organization.account
    accounts = {reference: aws_id for aws_id, reference in ids.items()}
    where = [
        (call.action, accounts.get(call.account, call.account or management), call.region or GLOBAL_REGION)
        for call in told(planned)
    ]
    assert differ(where, [(call.action, call.account, call.region) for call in seen]) == ([], [])
    assert not make_plan(organization, organization.aws(), ()).plan
    return planned


def plan(organization: Organization, aws: AwsClient, allow: Sequence[str]) -> Planned:
    inventory = Recording(aws)
    planned = workflow.plan(workflow.desire(organization.spec(), KINDS), KINDS, aws, inventory=inventory, allow=allow)
    return workflow.rehearse(planned, KINDS, inventory.snapshot())


def destruction(organization: Organization, aws: AwsClient, allow: Sequence[str]) -> Planned:
    inventory, here = Recording(aws), next(iter(OrganizationKind().desired(organization.spec())))
    planned = workflow.plan_destruction(here, KINDS, aws, inventory=inventory, allow=allow)
    return workflow.rehearse(planned, KINDS, inventory.snapshot())


def operations(planned: Planned) -> Iterator[str]:
    """What a plan told, a change set with its type."""
    for call in told(planned):
        sort = call.parameters.get("ChangeSetType", "")
        yield f"{call.action.partition('.')[2]} {sort}".strip()


def test_any_plan_tells_each_call_of_its_apply(tmp_path: Path, emulator: Emulator) -> None:
    reached: set[str] = set()
    causes: set[Cause] = set()

    # To make a failing example smaller takes minutes; what differs says enough.
    @given(pair=pairs(), hands=st.lists(st.sampled_from(HANDS), min_size=3, max_size=6, unique=True))
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], report_multiple_bugs=False)
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
        # What no word overrides, such as an OU that goes and an account that stays in it, is never applied.
        assume(all(blocker.token for blocker in organization.plan().review.blockers))
        planned = check(organization, emulator, plan)
        reached.update(operations(planned))
        causes.update(change.cause for change in planned.plan.changes)

    holds()
    assert reached >= REACHED
    assert causes >= {Cause.ASKED, Cause.DRIFT}


def test_a_destruction_tells_each_call_and_a_secret_that_is_taken_back_is_told(
    example: Organization, emulator: Emulator
) -> None:
    check(example, emulator, plan)
    check(example, emulator, destruction)
    planned = check(example, emulator, plan)
    (baseline,) = (change for change in planned.plan.changes if str(change.address) == "baseline:orders-beta")
    assert "the secret orders/mail is in the account still: it is taken back, with its value" in baseline.remarks
    assert "IMPORT" in [call.parameters.get("ChangeSetType") for call in baseline.calls or ()]


def test_a_secret_that_somebody_took_out_of_a_stack_is_imported_and_nothing_is_left_to_change(
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


def test_where_no_slot_is_free_the_swap_is_told(example: Organization, emulator: Emulator) -> None:
    example.converge()
    fill(example, "Workloads/Production", 7)
    example.edit(
        "account_specs/organization.yaml",
        "guardrails: [iam.deny-users, secrets.protect]",
        "guardrails: [iam.deny-users, kms.deny-deletion]",
    )
    planned = check(example, emulator, plan)
    actions = [call.action.partition(".")[2] for call in told(planned)]
    assert actions == ["CreatePolicy", "DetachPolicy", "AttachPolicy"]


def test_an_ou_that_somebody_shut_is_open_once_it_has_policies_of_ours(small: Organization, emulator: Emulator) -> None:
    file, ou = "account_specs/organization.yaml", "  Workloads/Shut:\n"
    small.edit(file, "  Workloads/Developers:\n", f"  Workloads/Developers:\n{ou}")
    small.converge()
    target, organizations = fill(small, "Workloads/Shut", 1), small.client("organizations")
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=target)
    small.edit(file, ou, "  Workloads/Shut: {guardrails: [root.deny]}\n")
    planned = check(small, emulator, plan)
    (change,) = planned.plan.changes
    assert change.remarks[-1] == "with FullAWSAccess again, all is allowed there that no policy denies"
    assert [call.action.partition(".")[2] for call in told(planned)] == ["AttachPolicy", "AttachPolicy"]
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
    actions = [call.action.partition(".")[2] for call in told(planned)]
    assert actions == ["EnablePolicyType", "AttachPolicy", "AttachPolicy", "AttachPolicy"]
    assert {change.cause for change in planned.plan.changes} == {Cause.DRIFT}
    found = organizations.list_policies_for_target(TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert {policy["Name"] for policy in found} == {"FullAWSAccess", "root.deny"}


def test_a_stack_whose_creation_failed_is_told_to_go_first(small: Organization, emulator: Emulator) -> None:
    emulator.fail_resource("AWS::IAM::Role")
    assert not small.apply().complete
    planned = check(small, emulator, plan)
    actions = [call.action.partition(".")[2] for call in told(planned)]
    assert actions[:3] == ["DeleteStack", "CreateChangeSet", "ExecuteChangeSet"]


def test_a_rollback_that_failed_is_told_to_be_gone_on_with(small: Organization, emulator: Emulator) -> None:
    small.converge()
    small.edit("account_specs/organization.yaml", "monthly_usd: 50", "monthly_usd: 60")
    emulator.fail_resource("AWS::Budgets::Budget")
    emulator.fail_rollback("AWS::Budgets::Budget")
    assert not small.apply().complete
    planned = check(small, emulator, plan)
    actions = [call.action.partition(".")[2] for call in told(planned)]
    assert actions == ["ContinueUpdateRollback", "CreateChangeSet", "ExecuteChangeSet"]
