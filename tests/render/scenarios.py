"""The example organization on the days of its life: people edit its YAML, others change its AWS by hand.

Each function is such a day, ends with the plan of it, and holds what makes it that day and no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap import workflow
from bootstrap.aws.recording import Replay
from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.engine.last_applied import LastApplied
from bootstrap.engine.plan import Cause
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import SnapshotCall, recorded_calls
from tests.system.organization import Organization
from tests.system.test_drift_kinds import DENY, policy
from tests.system.test_late import lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bootstrap.aws.api import AwsApi
    from bootstrap.emulator import Emulator
    from bootstrap.engine.apply import Report
    from bootstrap.engine.review import PlanReview
    from bootstrap.workflow import Planned
    from bootstrap.workflow.snapshot import Snapshot

FILE: Final = "account_specs/organization.yaml"
ALICE: Final = "account_specs/developers/alice.yaml"
BOB: Final = "account_specs/developers/bob.yaml"
CAROL: Final = "account_specs/developers/carol.yaml"
LAYOUT: Final = "secrets_layout/orders.yaml"
TAKEN: Final = "2026-11-23T12:00:00Z"
BASELINES: Final = ("developer-alice", "developer-bob", "orders-beta", "orders-production")
SEARCH: Final = """entries:
  orders/search:
    description: The index of the shop.
    environments: [beta, production]
    keys: [token]
    generated: {key: token}
"""


@dataclass
class Example(Organization):
    """The example: its plans come from a snapshot, until somebody goes to its AWS."""

    snapshot: Snapshot | None = None
    emulator: Emulator | None = None
    report: Report | None = None
    """How an apply has ended, where the scenario has one."""

    def plan(self, *approvals: str, aws: AwsApi | None = None, only: Sequence[str] = ()) -> Planned:
        if self.snapshot is None or aws is not None:
            return super().plan(*approvals, aws=aws, only=only)
        organization = self.spec().organization
        calls = recorded_calls(self.snapshot, workflow.desire(self.spec(), KINDS))
        replay = Replay(calls, access_role=organization.access_role, home_region=organization.home_region)
        return super().plan(*approvals, aws=replay, only=only)

    def take_snapshot(self) -> Snapshot:
        """The same in each run but for the order of lists: the emulator draws its ids from its seed."""
        return workflow.take_snapshot(workflow.desire(self.spec(), KINDS), KINDS, self.aws(), TAKEN)

    def in_aws(self) -> None:
        """Make it in an empty AWS, which is asked from now on."""
        assert self.emulator
        self.emulator.reset()
        self.snapshot = None
        self.converge()

    def move(self, key: str, source: str, destination: str) -> None:
        """Move an account by hand."""
        organizations = self.client("organizations")
        ous = {"Root": organizations.list_roots()["Roots"][0]["Id"], **self.ous()}
        organizations.move_account(
            AccountId=self.accounts()[key], SourceParentId=ous[source], DestinationParentId=ous[destination]
        )


def done(review: PlanReview) -> set[str]:
    """Each change, in a line."""
    return {f"{change.action} {change.address}" for change in review.plan.changes}


def told(review: PlanReview) -> set[str]:
    """Each change with its cause, in a line."""
    return {f"{change.cause} {change.action} {change.address}" for change in review.plan.changes}


def asked(*changes: str) -> set[str]:
    return {f"{Cause.ASKED} {change}" for change in changes}


def tokens(review: PlanReview) -> list[str]:
    return [blocker.token for blocker in review.blockers]


def developer(name: str, owner: str = "") -> str:
    owner = owner or f"{name}@example.com"
    return f"developer:\n  name: {name}\n  email: aws+{name}@example.com\n  owner: {owner}\n"


def first_bootstrap(example: Example) -> PlanReview:
    """There is nothing, not even an organization."""
    assert example.emulator
    example.emulator.reset()
    example.snapshot = example.take_snapshot()
    review = example.plan().review
    assert not review.organization.id
    assert {(change.action, change.cause) for change in review.plan.changes} == {("create", Cause.UNKNOWN)}
    # AWS attaches its own policy to each new OU.
    assert {found.body["policy"] for found in review.plan.unchanged} == {"FullAWSAccess"}
    return review


def nothing_to_do(example: Example) -> PlanReview:
    review = example.plan().review
    assert not review.plan
    assert review.plan.unchanged
    return review


def one_developer_added(example: Example) -> PlanReview:
    example.write(CAROL, developer("carol"))
    review = example.plan().review
    assert told(review) == asked("create account:developer-carol", "create baseline:developer-carol")
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
    assert told(review) == asked("update policy:trail.protect")
    return review


def guardrail_moved(example: Example) -> PlanReview:
    """From the OU above two environments to one of theirs; one that was on the other is on none now."""
    example.edit(FILE, "trail.protect, guardduty.protect", "trail.protect")
    example.edit(FILE, "iam.deny-users, secrets.protect]\n", "iam.deny-users, guardduty.protect]\n")
    review = example.plan().review
    assert told(review) == asked(
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
    assert told(review) == asked("create ou:Workloads/Audit", "update account:security")
    return review


def ou_renamed(example: Example) -> PlanReview:
    """An OU's path is its identity: there is a new one, all accounts move, and the old one goes."""
    example.edit(FILE, "Workloads/Developers", "Workloads/People")
    review = example.plan().review
    assert told(review) == asked(
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
    """Its name in AWS, and nothing that the tool knows it by."""
    example.edit(ALICE, "name: alice", "name: alice\n  account_name: Alice's account")
    review = example.plan().review
    assert told(review) == asked("update account:developer-alice")
    return review


def key_renamed(example: Example) -> PlanReview:
    """Its key in the YAML, by which the tool knows it: the e-mail says that it is the same."""
    example.edit(ALICE, "name: alice", "name: alicia")
    review = example.plan().review
    assert told(review) == asked("update account:developer-alicia")
    return review


def line_removed(example: Example) -> PlanReview:
    example.remove(BOB)
    review = example.plan().review
    assert not review.plan
    assert {str(kept.address) for kept in review.plan.retained} == {"account:developer-bob", "baseline:developer-bob"}
    return review


def template_changed(example: Example) -> PlanReview:
    """A secret entry more, one described otherwise, and budgets with another amount or other alarms."""
    example.edit(LAYOUT, "entries:\n", SEARCH)
    example.edit(LAYOUT, "Signs the session cookies of the shop.", "Signs the session cookies of the shop and its app.")
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 250")
    example.edit(FILE, "notify_at_percent: [80, 100]", "notify_at_percent: [50, 90]")
    review = example.plan().review
    assert told(review) == asked(*(f"update baseline:{key}" for key in BASELINES))
    assert not review.blockers
    return review


def narrowed(example: Example) -> PlanReview:
    """Of two accounts that would be made and two baselines that would be changed, one of each."""
    example.write(CAROL, developer("carol"))
    example.write("account_specs/developers/dave.yaml", developer("dave"))
    example.edit(FILE, "monthly_usd: 50,", "monthly_usd: 60,")
    example.edit(FILE, "guardrails: [ec2.instance-types", "guardrails: [kms.deny-deletion, ec2.instance-types")
    review = example.plan(only=("account:developer-carol", "account:developer-alice")).review
    assert told(review) == asked(
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
    """Changes that need an approval, of every sort, and one that none overrides."""
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


def name_taken(example: Example) -> PlanReview:
    """The YAML wants a policy and an OU of names that somebody else has given."""
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
    assert told(review) == asked(
        "create policy:kms.deny-deletion",
        "create attachment:kms.deny-deletion@Workloads/Audit",
        "update ou:Workloads/Audit",
    )
    return review


def drift(example: Example) -> PlanReview:
    """Seven things that somebody did by hand; nobody touched the YAML."""
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
    assert told(review) == {
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
    """Two things that the YAML and somebody have changed at once, one of either alone."""
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
    assert told(review) == {
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
    """Accounts, OUs and policies of somebody else's, and an account of ours that lets nobody in."""
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
    """Of four changes one is done, two have failed, and one waits for one of those."""
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


def five_hundred_accounts(example: Example) -> PlanReview:
    """As many developers, who all get a larger budget and a narrower guardrail at once."""
    names = [f"d{number:03}" for number in range(498)]
    for name in names:
        example.write(f"account_specs/developers/{name}.yaml", developer(name, owner="bob@example.com"))
    assert example.snapshot
    example.snapshot = _with_more_like_bob(example.snapshot, names, _last_applied(example))
    # Just so AWS would hold them.
    assert not example.plan().plan
    example.edit(FILE, "monthly_usd: 50,", "monthly_usd: 60,")
    example.edit(FILE, '["t3.*", "t4g.*"]', '["t4g.*"]')
    review = example.plan().review
    assert told(review) == asked(
        "update policy:ec2.instance-types@Workloads/Developers",
        *(f"update baseline:developer-{name}" for name in ("alice", "bob", *names)),
    )
    assert tokens(review) == ["accounts:500"]
    return review


def _last_applied(example: Example) -> str:
    """What is recorded once all that the YAML asks for was applied."""
    want = workflow.desire(example.spec(), KINDS)
    recorded = LastApplied().with_resources(want.values(), complete=True).shards()
    parameters = [{"Name": f"/org-bootstrap/applied/{name}", "Value": value} for name, value in recorded.items()]
    return json.dumps({"Parameters": parameters})


def _with_more_like_bob(snapshot: Snapshot, names: Iterable[str], parameters: str) -> Snapshot:
    """Applying so many takes more than a minute, so what AWS says of bob it says of each."""
    listed = next(made.answer for made in snapshot.calls if made.action == "organizations.ListAccounts")
    assert listed
    bob = next(account["Id"] for account in listed["Accounts"] if account["Name"] == "developer-bob")
    numbered = {f"{number:012}": name for number, name in enumerate(names)}

    def renamed(text: str, new: str) -> str:
        name = numbered[new]
        return text.replace(bob, new).replace("developer-bob", f"developer-{name}").replace("+bob@", f"+{name}@")

    def extended(items: list[Any]) -> list[Any]:
        about_bob = [text for text in map(json.dumps, items) if bob in text]
        return [*items, *(json.loads(renamed(text, new)) for text in about_bob for new in numbered)]

    calls: list[SnapshotCall] = []
    for made in snapshot.calls:
        if made.action == "ssm.GetParametersByPath":
            calls.append(made.model_copy(update={"answer": json.loads(parameters)}))
        elif made.account == bob:
            text = made.model_dump_json()
            calls += [made, *(SnapshotCall.model_validate_json(renamed(text, new)) for new in numbered)]
        else:
            answer = {
                field: extended(value) if isinstance(value, list) else value
                for field, value in (made.answer or {}).items()
            }
            calls.append(made.model_copy(update={"answer": answer if made.answer else None}))
    return snapshot.model_copy(update={"calls": calls})


def unicode_names(example: Example) -> PlanReview:
    """Names in several scripts wherever AWS and the YAML take them, and what reads backwards or not at all."""
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
    example.edit("scps/trail-protect.yaml", "intent: What CloudTrail records stays recorded", "intent: Журнал 🪵 שמור")
    example.edit(LAYOUT, "The database that holds the orders.", "Die Bestellungen 🛒, e\u0301te\u0301 und שלום, 注文.")
    (example.directory / "account_specs" / "разработчики").mkdir()
    example.write("account_specs/разработчики/кэрол.yaml", developer("carol"))
    review = example.plan().review
    assert told(review) == asked(
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
    """All that the tool made is taken down again; accounts stay."""
    example.in_aws()
    here = next(iter(KINDS["organization"].desired(example.spec())))
    review = workflow.plan_destruction(here, KINDS, example.aws(), approvals=["close:developer-bob"]).review
    assert {change.action for change in review.plan.changes} == {"delete", "forget", "update"}
    assert tokens(review) == ["destroy:example"]
    return review


SCENARIOS: Final[dict[str, Callable[[Example], PlanReview]]] = {
    scenario.__name__: scenario
    for scenario in (
        first_bootstrap,
        nothing_to_do,
        one_developer_added,
        scp_edited,
        guardrail_moved,
        account_moved,
        ou_renamed,
        account_renamed,
        key_renamed,
        line_removed,
        template_changed,
        narrowed,
        blocked,
        approved,
        name_taken,
        drift,
        drift_and_asked,
        left_alone,
        failed_half_way,
        five_hundred_accounts,
        unicode_names,
        destroyed,
    )
}
