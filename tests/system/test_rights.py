"""The rights of the two roles on the page for a CI: what each command calls in the management account, and no more."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.cli.command import run
from tests.docs.test_docs import PERMISSIONS_PAGE, blocks

if TYPE_CHECKING:
    from collections.abc import Collection

    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

# IAM has other words for these, by the pages of
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
SERVICES = {"resourcegroupstaggingapi": "tag"}
# "No permissions are required": https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
FREE = {"sts:GetCallerIdentity"}
# Organizations makes a role of its own while it creates an organization, with the caller's rights, and nobody calls for
# it: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_create.html
UNCALLED = {"iam:CreateServiceLinkedRole"}
ALICE = "account_specs/developers/alice.yaml"
FILE = "account_specs/organization.yaml"

POLICIES = [
    policy["Statement"]
    for policy in map(json.loads, blocks(PERMISSIONS_PAGE, "json"))
    if all("Principal" not in statement for statement in policy["Statement"])
]


def allowed(number: int) -> set[str]:
    """The actions of a policy of the page."""
    return {action for statement in POLICIES[number] for action in statement["Action"]}


def called(organization: Organization, emulator: Emulator, *words: str, codes: Collection[int] = (0,)) -> set[str]:
    """The rights that a command needs in the management account, as IAM calls them."""
    here, before = organization.client("sts").get_caller_identity()["Account"], len(emulator.calls())
    done = run(*words, "-C", str(organization.directory), here=organization.directory, aws=emulator.variables())
    assert done.code in codes, done
    made = [call.action.partition(".") for call in emulator.calls()[before:] if call.account == here]
    return {f"{SERVICES.get(service, service)}:{operation}" for service, _, operation in made} - FREE


def test_each_role_of_the_page_may_do_what_its_commands_call_in_the_management_account_and_no_more(
    example: Organization, emulator: Emulator
) -> None:
    def look() -> set[str]:
        planned = called(example, emulator, "plan", codes=(0, 3))
        return planned | called(example, emulator, "drift", codes=(1, 2))

    def apply() -> set[str]:
        words = [f"--approve={blocker.token}" for blocker in example.plan().review.blockers]
        return called(example, emulator, "apply", "--yes", *words)

    reading, writing = look(), apply()
    reading |= called(example, emulator, "snapshot", "--out", "snapshot.json")
    # Somebody changes a tag, and the YAML is edited.
    organizations = example.client("organizations")
    alice = example.accounts()["developer-alice"]
    organizations.tag_resource(ResourceId=alice, Tags=[{"Key": "org-bootstrap:made-up", "Value": "1"}])
    example.edit(FILE, "[ec2.instance-types, cost.deny-purchases, budget.protect]", "[ec2.instance-types]")
    example.edit(FILE, "Workloads/Developers", "Workloads/Emulatores")
    example.edit(FILE, "allowed_regions: [eu-west-1, us-east-1]", "allowed_regions: [eu-west-1, us-east-1, us-west-2]")
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  account_name: Alice in Berlin\n")
    reading |= look()
    writing |= apply()
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  state: closed\n")
    writing |= apply()
    organizations.disable_policy_type(
        RootId=organizations.list_roots()["Roots"][0]["Id"], PolicyType="SERVICE_CONTROL_POLICY"
    )
    writing |= apply() | called(example, emulator, "unlock")

    assert reading == allowed(0)
    assert writing - reading == allowed(1) - UNCALLED
    assert allowed(1) >= UNCALLED


def test_a_role_of_the_page_reaches_only_the_parameters_of_the_tool_and_accounts_by_the_access_role(
    example: Organization, emulator: Emulator
) -> None:
    statements = [statement for policy in POLICIES for statement in policy]
    ours = {
        statement["Resource"] for statement in statements if any("ssm:" in action for action in statement["Action"])
    }
    assert ours == {"arn:aws:ssm:us-east-1:111122223333:parameter/org-bootstrap/*"}
    called(example, emulator, "apply", "--yes")
    kept = [found["Name"] for found in example.client("ssm").describe_parameters()["Parameters"]]
    assert kept
    assert all(fnmatchcase(name, "/org-bootstrap/*") for name in kept)

    [entered] = [statement for statement in statements if "sts:AssumeRole" in statement["Action"]]
    assert entered["Resource"] == f"arn:aws:iam::*:role/{example.spec().organization.access_role}"
    assert entered["Action"] == ["sts:AssumeRole"]
