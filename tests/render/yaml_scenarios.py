"""Plans after an edit of the YAML, from a snapshot of the example. Each checks that it is the expected plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.render.example import (
    ALICE,
    BASELINES,
    BOB,
    CAROL,
    FILE,
    LAYOUT,
    SEARCH,
    asked,
    developer,
    tokens,
    with_causes,
)

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview
    from tests.render.example import Example


def nothing_to_do(example: Example) -> PlanReview:
    review = example.plan().review
    assert not review.plan
    assert review.plan.unchanged
    return review


def one_developer_added(example: Example) -> PlanReview:
    example.write(CAROL, developer("carol"))
    review = example.plan().review
    assert with_causes(review) == asked("create account:developer-carol", "create baseline:developer-carol")
    return review


def scp_edited(example: Example) -> PlanReview:
    """Two more actions, one less, and a condition, in one statement of a guardrail."""
    example.edit(
        "scps/trail-protect.yaml",
        "      - cloudtrail:StopLogging\n      - cloudtrail:UpdateTrail\n",
        "      - cloudtrail:DeregisterOrganizationDelegatedAdmin\n"
        "      - cloudtrail:RemoveTags\n"
        "      - cloudtrail:StopLogging\n",
    )
    example.edit(
        "scps/trail-protect.yaml",
        "trail/${trail_name_pattern}\n",
        "trail/${trail_name_pattern}\n    Condition: {StringNotEquals: {aws:RequestedRegion: us-west-2}}\n",
    )
    review = example.plan().review
    assert with_causes(review) == asked("update policy:trail.protect")
    return review


def guardrail_moved(example: Example) -> PlanReview:
    """One guardrail moves from Workloads to Workloads/Production, another one is detached there."""
    example.edit(FILE, "trail.protect, guardduty.protect", "trail.protect")
    example.edit(FILE, "iam.deny-users, secrets.protect]\n", "iam.deny-users, guardduty.protect]\n")
    review = example.plan().review
    assert with_causes(review) == asked(
        "create attachment:guardduty.protect@Workloads/Production",
        "delete attachment:guardduty.protect@Workloads",
        "delete attachment:secrets.protect@Workloads/Production",
    )
    return review


def account_moved(example: Example) -> PlanReview:
    example.edit(
        FILE,
        "owner: security@example.com\n    ou: Security",
        "owner: security@example.com\n    ou: Workloads/Audit",
    )
    example.edit(FILE, "  Workloads/Beta:\n", "  Workloads/Beta:\n  Workloads/Audit:\n")
    review = example.plan().review
    assert with_causes(review) == asked("create ou:Workloads/Audit", "update account:security")
    return review


def ou_renamed(example: Example) -> PlanReview:
    """The path of an OU is its identity: a new OU is created, all accounts move, the old one is deleted."""
    example.edit(FILE, "Workloads/Developers", "Workloads/People")
    review = example.plan().review
    assert with_causes(review) == asked(
        "create ou:Workloads/People",
        "create policy:ec2.instance-types@Workloads/People",
        "create attachment:ec2.instance-types@Workloads/People@Workloads/People",
        *(f"create attachment:{policy}@Workloads/People" for policy in ("budget.protect", "cost.deny-purchases")),
        "update account:developer-alice",
        "update account:developer-bob",
        "delete attachment:ec2.instance-types@Workloads/Developers@Workloads/Developers",
        *(f"delete attachment:{policy}@Workloads/Developers" for policy in ("budget.protect", "cost.deny-purchases")),
        "delete policy:ec2.instance-types@Workloads/Developers",
        "delete ou:Workloads/Developers",
    )
    return review


def account_renamed(example: Example) -> PlanReview:
    """Its name in AWS changes; its key and e-mail do not."""
    example.edit(ALICE, "name: alice", "name: alice\n  account_name: Alice's account")
    review = example.plan().review
    assert with_causes(review) == asked("update account:developer-alice")
    return review


def key_renamed(example: Example) -> PlanReview:
    """Its key in the YAML changes; it is recognized by its e-mail."""
    example.edit(ALICE, "name: alice", "name: alicia")
    review = example.plan().review
    assert with_causes(review) == asked("update account:developer-alicia")
    return review


def line_removed(example: Example) -> PlanReview:
    example.remove(BOB)
    review = example.plan().review
    assert not review.plan
    assert {str(kept.address) for kept in review.plan.retained} == {"account:developer-bob", "baseline:developer-bob"}
    return review


def template_changed(example: Example) -> PlanReview:
    """A new secret entry, a changed description, and budgets with another amount or other alarms."""
    example.edit(LAYOUT, "entries:\n", SEARCH)
    example.edit(LAYOUT, "Signs the session cookies of the shop.", "Signs the session cookies of the shop and its app.")
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 250")
    example.edit(FILE, "notify_at_percent: [80, 100]", "notify_at_percent: [50, 90]")
    review = example.plan().review
    assert with_causes(review) == asked(*(f"update baseline:{key}" for key in BASELINES))
    assert not review.blockers
    return review


def narrowed(example: Example) -> PlanReview:
    """Of two new accounts and two changed baselines, the plan has one each."""
    example.write(CAROL, developer("carol"))
    example.write("account_specs/developers/dave.yaml", developer("dave"))
    example.edit(FILE, "monthly_usd: 50,", "monthly_usd: 60,")
    example.edit(FILE, "guardrails: [ec2.instance-types", "guardrails: [kms.deny-deletion, ec2.instance-types")
    review = example.plan(targets=("account:developer-carol", "account:developer-alice")).review
    assert with_causes(review) == asked(
        "create policy:kms.deny-deletion",
        "create attachment:kms.deny-deletion@Workloads/Developers",
        "create account:developer-carol",
        "create baseline:developer-carol",
        "update baseline:developer-alice",
    )
    assert review.left_out == 3
    assert "developer-dave" not in {place.address.name for place in review.placements}  # there will be no such account
    return review


def blocked(example: Example) -> PlanReview:
    """Every sort of change that needs an approval, and one that none overrides."""
    _take_risks(example)
    example.edit(FILE, "  Security:\n", "")
    text = (example.directory / FILE).read_text("utf-8")
    example.write(FILE, text[: text.index("  security:\n    email:")])
    review = example.plan().review
    assert set(tokens(review)) == {*APPROVALS, ""}
    assert not review.approved
    return review


def approved(example: Example) -> PlanReview:
    _take_risks(example)
    review = example.plan(*APPROVALS).review
    assert tokens(review) == []
    assert {blocker.token for blocker in review.approved} == set(APPROVALS)
    return review


APPROVALS: Final = (
    "close:developer-alice",
    "leave:guest-bob",
    "regenerate:orders-beta/orders/session-signing",
    "regenerate:orders-production/orders/session-signing",
    "remove:orders-production/DeployRole",
    "root:kms.deny-deletion",
    "root:roles.protect-org",
    "trust:orders-beta/DeployRole",
)


def _take_risks(example: Example) -> None:
    example.edit(FILE, "root.deny, roles.protect-org", "root.deny, kms.deny-deletion")
    example.edit(
        FILE,
        "  beta:\n    ou",
        "  guest: {ou: Infrastructure, deploy: {account: tooling, role: ci}}\n  beta:\n    ou",
    )
    example.edit(BOB, "name: bob", "name: bob\n  environment: guest")
    example.edit(ALICE, "name: alice", "name: alice\n  state: closed")
    example.edit(LAYOUT, "length: 64", "length: 48")
    deploy = "    deploy: {account: tooling, role: ci}\n    budget: "
    example.edit(FILE, f"{deploy}{{monthly_usd: 1000}}", "    budget: {monthly_usd: 1000}")
    example.edit(FILE, f"{deploy}{{monthly_usd: 200}}", f"{deploy.replace('ci', 'deployer')}{{monthly_usd: 200}}")
