"""ListStacks and DescribeStacks: pages, filters, and the times of creation and last update."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused, Stacks

CREATED = {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "old", "Name": "/p"}}}
FAILING = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": "no document"}}
EVERY_FIELD = {"StackId", "StackName", "StackStatus", "CreationTime", "LastUpdatedTime"}


def valued(value: str) -> dict[str, Any]:
    return {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, "Name": "/p"}}}


pytestmark = pytest.mark.emulator(speed=500)


def listed(stacks: Stacks, name: str = "s", **asked: Any) -> dict[str, Any]:
    found = stacks.api.list_stacks(**asked)["StackSummaries"]
    return next(each for each in found if each["StackName"] == name)


def described(stacks: Stacks, name: str = "s") -> dict[str, Any]:
    found: dict[str, Any] = stacks.api.describe_stacks(StackName=name)["Stacks"][0]
    return found


def execute(stacks: Stacks, resources: dict[str, Any], kind: str = "UPDATE") -> None:
    stacks.api.execute_change_set(ChangeSetName=stacks.change_set("s", resources, kind))


def test_a_summary_agrees_with_the_description(stacks: Stacks) -> None:
    body = '{"Description": "what it is for", "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    stacks.api.create_stack(StackName="s", TemplateBody=body)
    stacks.api.update_stack(StackName="s", TemplateBody=body.replace("T", "U", 1), Tags=[{"Key": "k", "Value": "v"}])
    summary, description = listed(stacks), described(stacks)
    assert {name: summary[name] for name in EVERY_FIELD} == {name: description[name] for name in EVERY_FIELD}
    assert summary["TemplateDescription"] == description["Description"] == "what it is for"


def test_a_status_filter_lists_only_stacks_of_these_statuses(stacks: Stacks) -> None:
    for name in ("kept", "gone"):
        stacks.create(name, {"T": {"Type": "AWS::SNS::Topic"}})
    stacks.api.delete_stack(StackName="gone")
    stacks.change_set("reviewed", CREATED, "CREATE")

    def names(*statuses: str) -> set[str]:
        return {each["StackName"] for each in stacks.api.list_stacks(StackStatusFilter=statuses)["StackSummaries"]}

    assert names("CREATE_COMPLETE", "UPDATE_COMPLETE") == {"kept"}
    assert names("DELETE_COMPLETE", "REVIEW_IN_PROGRESS") == {"gone", "reviewed"}
    assert names() == {"kept", "gone", "reviewed"}


def test_a_list_has_100_stacks_a_page(stacks: Stacks, refused: Refused) -> None:
    made = [f"s{number}" for number in range(205)]
    for name in made:
        stacks.create(name, {"T": {"Type": "AWS::SNS::Topic"}})
    stacks.create("failed", {"F": FAILING})
    asked = {"StackStatusFilter": ["CREATE_COMPLETE"]}
    for operation, key, more in (("list_stacks", "StackSummaries", asked), ("describe_stacks", "Stacks", {})):
        pages = [page[key] for page in stacks.api.get_paginator(operation).paginate(**more)]
        assert [len(page) for page in pages[:2]] == [100, 100]
        assert [stack["StackName"] for page in pages for stack in page if stack["StackName"] != "failed"] == made
    with refused("ValidationError", match="NextToken"):
        stacks.api.list_stacks(NextToken="no token")


def test_a_member_account_lists_its_own_stacks(aws: Aws, stacks: Stacks, organization: Organization) -> None:
    stacks.create("s", CREATED)
    member = aws("cloudformation", organization.account("dev"))
    assert member.list_stacks()["StackSummaries"] == []


def test_a_stack_has_no_last_update_before_the_first_one(stacks: Stacks) -> None:
    """API reference, StackSummary: "This field will only be returned if the stack has been updated at least once"."""
    stacks.create("s", CREATED)
    assert "LastUpdatedTime" not in listed(stacks)
    assert "LastUpdatedTime" not in described(stacks)


def test_a_stack_in_review_has_no_last_update(stacks: Stacks) -> None:
    stacks.change_set("s", CREATED, "CREATE")
    assert listed(stacks)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert "LastUpdatedTime" not in listed(stacks)


def test_every_update_and_every_executed_change_set_is_a_later_last_update(stacks: Stacks) -> None:
    """A stack that a change set created has a LastUpdatedTime: `cdk bootstrap` makes such stacks."""
    execute(stacks, CREATED, "CREATE")
    first = listed(stacks)
    times = [first["CreationTime"], first["LastUpdatedTime"]]
    for number in range(20):
        if number % 2:
            stacks.update("s", valued(f"value-{number}"))
        else:
            execute(stacks, valued(f"value-{number}"))
        assert listed(stacks)["LastUpdatedTime"] == described(stacks)["LastUpdatedTime"]
        times.append(listed(stacks)["LastUpdatedTime"])
    assert all(before < after for before, after in pairwise(times))
    assert listed(stacks)["CreationTime"] == first["CreationTime"]


def test_a_failed_update_is_a_last_update_as_well(stacks: Stacks) -> None:
    stacks.create("s", CREATED)
    stacks.update("s", {**valued("new"), "F": FAILING})
    found = listed(stacks)
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert found["LastUpdatedTime"] > found["CreationTime"]


def test_only_a_deployment_is_an_update(stacks: Stacks) -> None:
    execute(stacks, CREATED, "CREATE")
    before = listed(stacks)["LastUpdatedTime"]
    stacks.change_set("s", valued("new"))
    stacks.api.update_termination_protection(StackName="s", EnableTerminationProtection=True)
    assert listed(stacks)["LastUpdatedTime"] == before


def test_the_timestamps_of_a_stack_increase_strictly(stacks: Stacks) -> None:
    stacks.create("s", CREATED)
    stacks.update("s", valued("new"))
    events = stacks.api.describe_stack_events(StackName="s")["StackEvents"][::-1]
    times = [each["Timestamp"] for each in events]
    assert len(times) > 6
    assert all(before < after for before, after in pairwise(times))
    assert all(after - before >= timedelta(milliseconds=1) for before, after in pairwise(times))


def test_a_deleted_stack_tells_when_it_was_deleted(stacks: Stacks) -> None:
    stacks.create("s", CREATED)
    stacks.api.delete_stack(StackName="s")
    found = listed(stacks, StackStatusFilter=["DELETE_COMPLETE"])
    assert found["DeletionTime"] > found["CreationTime"]
