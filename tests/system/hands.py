"""What somebody may do by hand to any organization that the tool has made, where there is what it takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from tests.system.organization import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.system.organization import Organization

_DENY: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
)
_REGION: Final = "eu-west-1"


def detach_a_policy(organization: Organization) -> None:
    organizations = organization.client("organizations")
    for policy in _policies(organization):
        for target in organizations.list_targets_for_policy(PolicyId=policy)["Targets"][:1]:
            organizations.detach_policy(PolicyId=policy, TargetId=target["TargetId"])
            return


def change_a_text(organization: Organization) -> None:
    for policy in _policies(organization)[:1]:
        organization.client("organizations").update_policy(PolicyId=policy, Content=_DENY)


def delete_a_policy(organization: Organization) -> None:
    organizations = organization.client("organizations")
    for policy in _policies(organization)[-1:]:
        for target in organizations.list_targets_for_policy(PolicyId=policy)["Targets"]:
            organizations.detach_policy(PolicyId=policy, TargetId=target["TargetId"])
        organizations.delete_policy(PolicyId=policy)


def attach_a_policy(organization: Organization) -> None:
    """One of ours, where it is not."""
    organizations = organization.client("organizations")
    for policy in _policies(organization)[:1]:
        taken = {target["TargetId"] for target in organizations.list_targets_for_policy(PolicyId=policy)["Targets"]}
        for ou in sorted(set(organization.ous().values()) - taken)[:1]:
            organizations.attach_policy(PolicyId=policy, TargetId=ou)


def attach_a_policy_of_theirs(organization: Organization) -> None:
    fill(organization, min(organization.ous()), 1)


def make_an_account(organization: Organization) -> None:
    organization.make_account("somebody@example.org", "somebody")


def change_a_tag(organization: Organization) -> None:
    for account in _members(organization)[:1]:
        tags = [{"Key": "org-bootstrap:owner", "Value": "nobody@example.com"}]
        organization.client("organizations").tag_resource(ResourceId=account, Tags=tags)


def take_off_the_mark(organization: Organization) -> None:
    organizations = organization.client("organizations")
    for thing in [*_members(organization)[-1:], *sorted(organization.ous().values())[:1]]:
        organizations.untag_resource(ResourceId=thing, TagKeys=[KEY_TAG])


def move_an_account(organization: Organization) -> None:
    """To the root, or from there into an OU."""
    organizations = organization.client("organizations")
    root, *_ = places = [organizations.list_roots()["Roots"][0]["Id"], *sorted(organization.ous().values())]
    for account in _members(organization)[:1]:
        parent = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]
        organizations.move_account(
            AccountId=account,
            SourceParentId=parent,
            DestinationParentId=places[1] if parent == root else root,
        )


def rename_an_account(organization: Organization) -> None:
    for account in _members(organization)[:1]:
        organization.client("account").put_account_name(AccountId=account, AccountName="somebody's")


def delete_a_budget(organization: Organization) -> None:
    for account in _members(organization):
        if _delete_stack(organization, account, BUDGET_STACK):
            return


def delete_a_baseline(organization: Organization) -> None:
    for account in reversed(_members(organization)):
        if _delete_stack(organization, account, BASELINE_STACK):
            return


HANDS: Sequence[Callable[[Organization], None]] = (
    attach_a_policy,
    attach_a_policy_of_theirs,
    change_a_tag,
    change_a_text,
    delete_a_baseline,
    delete_a_budget,
    delete_a_policy,
    detach_a_policy,
    make_an_account,
    move_an_account,
    rename_an_account,
    take_off_the_mark,
)


def _policies(organization: Organization) -> list[str]:
    """Those that are not AWS's, by name."""
    found = organization.client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return [policy["Id"] for policy in sorted(found, key=lambda each: str(each["Name"])) if not policy["AwsManaged"]]


def _members(organization: Organization) -> list[str]:
    """The open accounts but the management account, by e-mail."""
    management = organization.client("sts").get_caller_identity()["Account"]
    pages = organization.client("organizations").get_paginator("list_accounts").paginate()
    listed = sorted((account for page in pages for account in page["Accounts"]), key=lambda each: str(each["Email"]))
    return [each["Id"] for each in listed if each["Status"] == "ACTIVE" and each["Id"] != management]


def _delete_stack(organization: Organization, account: str, name: str) -> bool:
    cloudformation = organization.client("cloudformation", account, _REGION)
    listed = cloudformation.list_stacks()["StackSummaries"]
    found = [stack for stack in listed if stack["StackName"] == name and stack["StackStatus"] != "DELETE_COMPLETE"]
    for stack in found:
        cloudformation.delete_stack(StackName=stack["StackId"])
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig={"Delay": 0})
    return bool(found)
