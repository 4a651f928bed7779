"""No account stands for a moment without a guardrail that it had and shall have: seen in the calls themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bootstrap import workflow
from bootstrap.emulator import options
from bootstrap.emulator.profile import Limit, Rate
from bootstrap.engine.apply import Failed, Skipped
from bootstrap.resources.registry import KINDS
from tests.system.guards import Guards

if TYPE_CHECKING:
    import pytest

    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"
WRITES = {"AttachPolicy", "DetachPolicy", "MoveAccount"}


def names(organization: Organization) -> dict[str, str]:
    """What each id is called."""
    api = organization.client("organizations")
    policies = {
        policy["Id"]: policy["Name"] for policy in api.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    }
    root = {api.list_roots()["Roots"][0]["Id"]: "Root"}
    ous = {ou_id: path for path, ou_id in organization.ous().items()}
    accounts = {account_id: name for name, account_id in organization.accounts().items()}
    return policies | root | ous | accounts


def order_of(organization: Organization, *changes: tuple[str, str], allow: tuple[str, ...] = ()) -> list[str]:
    """The calls that an apply of these edits makes, in order."""
    made: list[tuple[str, str, str]] = []

    def note(model: Any, params: Any, **_: Any) -> None:
        if model.name in WRITES:
            body = json.loads(params["body"])
            made.append((model.name, body.get("PolicyId", body.get("AccountId")), body.get("TargetId", "")))

    before = names(organization)
    for old, new in changes:
        organization.edit(FILE, old, new)
    aws = organization.aws()
    aws.on_event("before-call.organizations", note)
    assert organization.apply(*allow, aws=aws).complete
    called = before | names(organization)
    return [" ".join([operation, *(called[thing] for thing in things if thing)]) for operation, *things in made]


def test_an_account_is_asked_for_and_moved_once_all_that_shall_guard_it_is_attached(
    example: Organization, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS makes an account in less time here than it takes to attach the guardrails: nothing but order helps."""
    slowly = Limit(("organizations.AttachPolicy",), account=Rate(10, 1))
    monkeypatch.setattr(options.CURRENT, "profile", replace(options.CURRENT.profile, limits=(slowly,)))
    emulator.reset()
    guards = Guards(example)
    example.speed, example.watch = 25.0, guards.watch
    example.converge()
    of_environments = {account.email for account in example.spec().accounts.values() if account.environment}
    assert guards.created == guards.moved == of_environments
    assert guards.missing == []


def test_a_guardrail_that_moves_down_is_there_before_it_goes_above(example: Organization) -> None:
    example.converge()
    calls = order_of(
        example,
        ("[region.limit, trail.protect, guardduty.protect,", "[trail.protect, guardduty.protect,"),
        (
            "guardrails: [iam.deny-users, secrets.protect]",
            "guardrails: [iam.deny-users, secrets.protect, region.limit]",
        ),
        ("guardrails: [ec2.instance-types,", "guardrails: [region.limit, ec2.instance-types,"),
        ("guardrails: [iam.deny-users, cost", "guardrails: [region.limit, iam.deny-users, cost"),
    )
    assert calls[-1] == "DetachPolicy region.limit Workloads"
    assert sorted(calls[:-1]) == [
        "AttachPolicy region.limit Workloads/Beta",
        "AttachPolicy region.limit Workloads/Developers",
        "AttachPolicy region.limit Workloads/Production",
    ]


def test_an_environment_that_moves_keeps_its_guardrails_until_its_accounts_have_left(example: Organization) -> None:
    example.converge()
    move_it = ("    ou: Workloads/Production", "    ou: Security")
    calls = order_of(example, move_it, allow=("leave:orders-production",))
    move = calls.index("MoveAccount orders-production")
    for policy in ("iam.deny-users", "secrets.protect"):
        assert calls.index(f"AttachPolicy {policy} Security") < move
        assert calls.index(f"DetachPolicy {policy} Workloads/Production") > move


def test_two_guardrails_that_change_places_are_both_on_both_in_between(example: Organization) -> None:
    example.converge()
    calls = order_of(
        example,
        (
            "guardrails: [org.deny-leave, root.deny, roles.protect-org]",
            "guardrails: [region.limit, root.deny, roles.protect-org]",
        ),
        ("guardrails: [region.limit, trail", "guardrails: [org.deny-leave, trail"),
        allow=("root:org.deny-leave", "root:region.limit"),
    )
    assert [call.split()[0] for call in calls] == ["AttachPolicy"] * 2 + ["DetachPolicy"] * 2


def test_what_cannot_be_attached_below_is_not_detached_above(example: Organization) -> None:
    example.converge()
    api, ou = example.client("organizations"), example.ous()["Workloads/Production"]
    deny = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    example.edit(FILE, "[region.limit, trail.protect, guardduty.protect,", "[trail.protect, guardduty.protect,")
    example.edit(FILE, "[iam.deny-users, secrets.protect]", "[iam.deny-users, secrets.protect, region.limit]")
    planned = example.plan()
    for number in range(7):  # meanwhile somebody fills the target
        made = api.create_policy(Name=f"theirs-{number}", Description="", Type="SERVICE_CONTROL_POLICY", Content=deny)
        api.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=ou)
    report = workflow.apply(planned, KINDS, example.aws())
    assert {str(o.change.address): type(o) for o in report.outcomes} == {
        "attachments:ou:Workloads/Production": Failed,
        "surplus:ou:Workloads": Skipped,
    }
