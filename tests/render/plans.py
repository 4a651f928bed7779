"""Small plans made by hand, each with one feature of a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.plan import Blocker, Plan, Unmanaged, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview
from bootstrap.model.resource import Address, Call, Resource
from bootstrap.planfile import fingerprint

if TYPE_CHECKING:
    from bootstrap.model.resource import Json

OU = Address("ou", "Workloads/Developers")
ALICE = Address("account", "developer-alice")
BASELINE = Address("baseline", "developer-alice")
POLICY = Address("policy", "region.limit")

STATEMENT: dict[str, Json] = {
    "Sid": "DenyOtherRegions",
    "Effect": "Deny",
    "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*"],
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
}
ALLOW: dict[str, Json] = {"Effect": "Allow", "Principal": {"AWS": "${account:tooling}"}, "Action": "sts:AssumeRole"}
PROPERTIES: dict[str, Json] = {
    "RoleName": "org-bootstrap/deploy",
    "MaxSessionDuration": 3600,
    "AssumeRolePolicyDocument": {"Statement": [ALLOW]},
}
ROLE: dict[str, Json] = {"Type": "AWS::IAM::Role", "Properties": PROPERTIES}


def made(address: Address, origin: str = "", /, **body: Json) -> Resource:
    return Resource(address, body, origin=origin)


def changed(before: Resource | None, after: Resource | None) -> Plan:
    have, want = ({side.address: side} if side else {} for side in (before, after))
    return make_plan(want, have)


def _several() -> Plan:
    alice = made(ALICE, "account_specs/developers/alice.yaml:3", email="aws+alice@example.com", ou=OU.name)
    baselines = [
        Resource(Address("baseline", name), {"region": region, "resources": {"Deploy": ROLE}}, frozenset({ALICE}))
        for name, region in (("developer-alice", "eu-west-1"), ("developer-bob", "eu-west-2"))
    ]
    want = [made(OU, "account_specs/organization.yaml:16", name="Developers", tags={}), alice, *baselines]
    have = [made(Address("ou", "Sandbox"), name="Sandbox"), made(Address("ou", "Security"), name="Security")]
    want.append(have[1])
    return make_plan({item.address: item for item in want}, {item.address: item for item in have})


def alike(count: int) -> Plan:
    """Accounts with the same change each, except for one with another change."""
    names = [f"developer-{number:03}" for number in range(count)]
    have = [made(Address("account", name), f"{name}.yaml:3", budget=50, open=True) for name in names]
    want = [made(each.address, each.origin, **{**each.body, "budget": 60}) for each in have]
    want[1] = made(have[1].address, have[1].origin, budget=60, open=False)
    return make_plan({item.address: item for item in want}, {item.address: item for item in have})


def _left_alone() -> Plan:
    return make_plan(
        {},
        {},
        retained=[made(ALICE, email="aws+alice@example.com")],
        unmanaged=[
            Unmanaged(Address("ou", "Legacy\n! error: all is lost"), "not in the YAML"),
            Unmanaged(Address("account", "old@example.com"), '"old" in Root, not in the YAML'),
        ],
    )


def _with_calls() -> Plan:
    plan = _several()
    tags: Json = [{"Key": "org-bootstrap:key", "Value": "developer-alice"}]
    asked = {"Email": "aws+alice@example.com", "AccountName": "developer-alice", "RoleName": "access", "Tags": tags}
    stack: dict[str, Json] = {"StackName": "org-bootstrap-baseline", "TemplateBody": '{"Resources": {}}'}
    calls = {
        ALICE: (
            Call("organizations.CreateAccount", "", "us-east-1", asked),
            Call("organizations.MoveAccount", "", "us-east-1", {"AccountId": ALICE.reference}),
        ),
        BASELINE: (Call("cloudformation.CreateChangeSet", ALICE.reference, "eu-west-1", stack),),
    }
    return replace(plan, changes=tuple(replace(change, calls=calls.get(change.address, ())) for change in plan.changes))


_PLANS: dict[str, tuple[Plan, tuple[Blocker, ...]]] = {
    "create": (
        changed(None, made(ALICE, "account_specs/developers/alice.yaml:3", name="alice", open=True, tags={"a": "b"})),
        (),
    ),
    "create_several": (_several(), ()),
    "alike": (alike(12), ()),
    "calls": (_with_calls(), ()),
    "delete": (changed(made(POLICY, type="SERVICE_CONTROL_POLICY", statements={"Deny": STATEMENT}), None), ()),
    "forget": (
        make_plan(
            {},
            {ALICE: made(ALICE, name="alice", ou=OU.name), POLICY: made(POLICY, type="SERVICE_CONTROL_POLICY")},
            forgetting={"account"},
        ),
        (),
    ),
    "update_field": (
        changed(
            made(ALICE, name="alice", email="aws+alice@example.com", tags={"owner": "alice@example.com", "old": "1"}),
            made(ALICE, "alice.yaml:3", name="alicia", email="aws+alice@example.com", tags={"owner": "b", "new": "2"}),
        ),
        (),
    ),
    "update_list_as_set": (
        changed(
            made(OU, policies=["org.deny-leave", "region.limit", "root.deny"]),
            made(OU, policies=["org.deny-leave", "root.deny", "trail.protect"]),
        ),
        (),
    ),
    "update_order_of_a_list": (
        changed(made(OU, policies=["root.deny", "region.limit"]), made(OU, policies=["region.limit", "root.deny"])),
        (),
    ),
    "update_statement": (
        changed(
            made(POLICY, statements={"DenyOtherRegions": STATEMENT, "Gone": {"Effect": "Deny", "Action": "s3:*"}}),
            made(
                POLICY,
                statements={
                    "DenyOtherRegions": {
                        **STATEMENT,
                        "NotAction": ["iam:*", "organizations:*", "route53:*", "sts:*", "support:*"],
                        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
                    },
                    "Come": {"Effect": "Deny", "Action": "ec2:*"},
                },
            ),
        ),
        (),
    ),
    "update_template_property": (
        changed(
            made(BASELINE, resources={"Deploy": ROLE}),
            made(
                BASELINE,
                resources={
                    "Deploy": {
                        "Type": "AWS::IAM::Role",
                        "Properties": {
                            **PROPERTIES,
                            "MaxSessionDuration": 7200,
                            "AssumeRolePolicyDocument": {
                                "Statement": [
                                    {
                                        **ALLOW,
                                        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${organization:a}"}},
                                    }
                                ]
                            },
                        },
                    }
                },
            ),
        ),
        (),
    ),
    "unicode": (
        changed(None, made(ALICE, "スペック.yaml:3", name="Ålice 🚀", note='control \x1b[2J, newline \n, quote "')),
        (),
    ),
    "left_alone": (_left_alone(), ()),
    "blocked": (
        changed(made(ALICE, state="open"), made(ALICE, state="closed")),
        (
            Blocker(ALICE, "a closed account is gone for good after 90 days", "see that it is empty", "close:alice"),
            Blocker(
                OU,
                "account:old@example.com is not deleted and is still inside it",
                "move it away first",
            ),
        ),
    ),
    "nothing_to_do": (make_plan({OU: made(OU)}, {OU: made(OU)}), ()),
}

WHOSE = OrganizationRef("example", "o-a1b2c3d4e5", "111122223333")
KINDS = ("policy", "ou", "account", "baseline")
PLANS: dict[str, PlanReview] = {
    name: PlanReview(
        plan, WHOSE, specs=fingerprint("specs"), observed=fingerprint("have"), blockers=blockers, kinds=KINDS
    )
    for name, (plan, blockers) in _PLANS.items()
}
