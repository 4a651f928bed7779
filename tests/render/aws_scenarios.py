"""Plans after somebody changed AWS by hand. Each checks that it is the expected plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import workflow
from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.engine.plan import Cause
from bootstrap.resources.registry import KINDS
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
from tests.system.test_drift_kinds import DENY, policy
from tests.system.test_late import lock

if TYPE_CHECKING:
    from bootstrap.engine.review import PlanReview
    from tests.render.example import Example


def first_bootstrap(example: Example) -> PlanReview:
    """Nothing exists, not even an organization."""
    assert example.emulator
    example.emulator.reset()
    example.snapshot = example.take_snapshot()
    review = example.plan().review
    assert not review.organization.id
    assert {(change.action, change.cause) for change in review.plan.changes} == {("create", Cause.UNKNOWN)}
    # AWS attaches its own policy to each new OU.
    assert {found.body["policy"] for found in review.plan.unchanged} == {"FullAWSAccess"}
    return review


def name_taken(example: Example) -> PlanReview:
    """The YAML has a policy and an OU whose names unmanaged resources have."""
    example.in_aws()
    organizations = example.client("organizations")
    organizations.create_policy(
        Name="kms.deny-deletion", Type="SERVICE_CONTROL_POLICY", Description="Ours since 2019", Content=DENY
    )
    organizations.create_organizational_unit(ParentId=example.ous()["Workloads"], Name="Audit")
    example.edit(
        FILE, "  Workloads/Beta:\n", "  Workloads/Beta:\n  Workloads/Audit: {guardrails: [kms.deny-deletion]}\n"
    )
    review = example.plan().review
    assert tokens(review) == ["adopt:policy:kms.deny-deletion"]
    assert with_causes(review) == asked(
        "create policy:kms.deny-deletion",
        "create attachment:kms.deny-deletion@Workloads/Audit",
        "update ou:Workloads/Audit",
    )
    return review


def drift(example: Example) -> PlanReview:
    """Seven changes by hand; the YAML is as last applied."""
    example.in_aws()
    organizations, ous, accounts = example.client("organizations"), example.ous(), example.accounts()
    example.move("orders-production", "Workloads/Production", "Workloads/Developers")
    organizations.detach_policy(PolicyId=policy(example, "region.limit"), TargetId=ous["Workloads"])
    organizations.attach_policy(PolicyId=policy(example, "iam.deny-users"), TargetId=ous["Infrastructure"])
    organizations.update_policy(PolicyId=policy(example, "trail.protect"), Content=DENY)
    tags = [{"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}]
    organizations.tag_resource(ResourceId=accounts["developer-bob"], Tags=tags)
    example.client("account").put_account_name(AccountId=accounts["tooling"], AccountName="Tooling (do not touch)")
    stacks = example.client("cloudformation", accounts["orders-beta"], "eu-west-1")
    stacks.delete_stack(StackName="org-bootstrap-baseline-budget")
    review = example.plan().review
    assert with_causes(review) == {
        "drift update account:developer-bob",
        "drift update account:orders-production",
        "drift update account:tooling",
        "drift create attachment:region.limit@Workloads",
        "drift update baseline:orders-beta",
        "drift update policy:trail.protect",
        "drift delete attachment:iam.deny-users@Infrastructure",
    }
    return review


def drift_and_asked(example: Example) -> PlanReview:
    """Two resources that both the YAML and somebody changed, and others that one of them changed."""
    example.in_aws()
    tags = [{"Key": "org-bootstrap:owner", "Value": "mallory@example.com"}]
    example.client("organizations").tag_resource(ResourceId=example.accounts()["developer-bob"], Tags=tags)
    example.client("organizations").update_policy(PolicyId=policy(example, "trail.protect"), Content=DENY)
    example.move("tooling", "Infrastructure", "Security")
    example.edit(BOB, "owner: bob@example.com", "owner: rob@example.com")
    example.edit("scps/trail-protect.yaml", "      - cloudtrail:StopLogging\n", "")
    example.edit("scps/trail-protect.yaml", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail")
    example.edit(ALICE, "owner: alice@example.com", "owner: alicia@example.com")
    review = example.plan().review
    assert with_causes(review) == {
        "both update account:developer-bob",
        "both update policy:trail.protect",
        "drift update account:tooling",
        *asked(
            "update account:developer-alice",
            "update baseline:developer-alice",  # its budget tells the owner
            "update baseline:developer-bob",
        ),
    }
    return review


def left_alone(example: Example) -> PlanReview:
    """Unmanaged accounts, OUs and policies, and a managed account that nobody can enter."""
    example.in_aws()
    organizations, ous = example.client("organizations"), example.ous()
    legacy = organizations.create_organizational_unit(ParentId=ous["Workloads"], Name="Legacy")["OrganizationalUnit"]
    organizations.create_organizational_unit(ParentId=legacy["Id"], Name="Even older")
    example.make_account("root@example.org", "Acquired, Inc.")
    example.make_account("shop@example.org", "shop")
    example.move("shop", "Root", "Workloads/Legacy")
    theirs = organizations.create_policy(
        Name="AcquiredDeny", Type="SERVICE_CONTROL_POLICY", Description="", Content=DENY
    )["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=theirs["Id"], TargetId=ous["Workloads"])
    lock(example, "developer-bob")
    review = example.plan().review
    assert {str(item.address) for item in review.plan.unmanaged} == {
        "account:root@example.org",
        "account:shop@example.org",
        "policy:AcquiredDeny",
        "ou:Workloads/Legacy",
        "ou:Workloads/Legacy/Even older",
    }
    assert [str(item.address) for item in review.plan.inaccessible] == ["baseline:developer-bob"]
    assert {str(change.address) for change in review.plan.changes} == {"baseline:developer-bob"}
    return review


def failed_half_way(example: Example) -> PlanReview:
    """Of four changes one is done, two have failed, and one waits for a failed one."""
    example.in_aws()
    assert example.emulator
    secrets = example.client("secretsmanager", example.accounts()["orders-beta"], "eu-west-1")
    secrets.create_secret(Name="orders/search", SecretString="theirs")
    example.emulator.fail_account("ACCOUNT_LIMIT_EXCEEDED", email="aws+carol@example.com")
    example.write(CAROL, developer("carol"))
    example.edit(LAYOUT, "entries:\n", SEARCH)
    example.report = example.apply()
    assert {str(outcome.change.address): type(outcome) for outcome in example.report.outcomes} == {
        "account:developer-carol": Failed,
        "baseline:developer-carol": Skipped,
        "baseline:orders-beta": Failed,
        "baseline:orders-production": Done,
    }
    review = example.plan().review
    assert {str(change.address) for change in review.plan.changes} == {
        "account:developer-carol",
        "baseline:developer-carol",
        "baseline:orders-beta",
    }
    return review


def unicode_names(example: Example) -> PlanReview:
    """Names in several scripts wherever AWS and the YAML take them, and with control characters."""
    example.in_aws()
    organizations, ous = example.client("organizations"), example.ous()
    theirs = ("🏚 Altbestand", "\u202elive\u202c", "e\u0301t\u00e9", "two\nlines")
    for name in theirs:
        organizations.create_organizational_unit(ParentId=ous["Security"], Name=name)
    organizations.create_policy(Name="禁止🔒<b>", Type="SERVICE_CONTROL_POLICY", Description="", Content=DENY)
    example.edit(
        FILE, "  Workloads/Beta:\n", "  Workloads/Beta:\n  Workloads/Разработка:\n  Workloads/أمن:\n  Workloads/東京:\n"
    )
    example.edit(FILE, "ou: Infrastructure", "ou: Workloads/東京")
    example.edit(
        FILE, "owner: security@example.com\n    ou: Security", "owner: security@example.com\n    ou: Workloads/أمن"
    )
    example.edit(ALICE, "name: alice", 'name: alice\n  account_name: "R&D [alice] *lab* `x` | @bob #1"')
    example.edit("scps/trail-protect.yaml", "intent: CloudTrail keeps recording", "intent: Журнал 🪵 שמור")
    example.edit(LAYOUT, "The database that holds the orders.", "Die Bestellungen 🛒, e\u0301te\u0301 und שלום, 注文.")
    (example.directory / "account_specs" / "разработчики").mkdir()
    example.write("account_specs/разработчики/кэрол.yaml", developer("carol"))
    review = example.plan().review
    assert with_causes(review) == asked(
        "create account:developer-carol",
        "create baseline:developer-carol",
        "create ou:Workloads/Разработка",
        "create ou:Workloads/أمن",
        "create ou:Workloads/東京",
        "update account:developer-alice",
        "update account:security",
        "update account:tooling",
        "update policy:trail.protect",
        *(f"update baseline:{key}" for key in BASELINES),
    )
    assert {item.address.name for item in review.plan.unmanaged} == {
        "禁止🔒<b>",
        *(f"Security/{name}" for name in theirs),
    }
    return review


def destroyed(example: Example) -> PlanReview:
    """Everything that the tool made is deleted; accounts stay."""
    example.in_aws()
    here = next(iter(KINDS["organization"].desired(example.spec())))
    review = workflow.plan_destruction(here, KINDS, example.aws(), approvals=["close:developer-bob"]).review
    assert {change.action for change in review.plan.changes} == {"delete", "forget", "update"}
    assert tokens(review) == ["destroy:example"]
    return review
