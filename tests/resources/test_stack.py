"""A stack's deployment: what CloudFormation answers late or wrongly is not believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from bootstrap.aws.api import HERE, AwsApi, Place
from bootstrap.model.errors import WaitError
from bootstrap.resources.baseline import stack as stacks
from bootstrap.resources.baseline.reads import LiveStack
from bootstrap.resources.baseline.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

ARN = "arn:aws:cloudformation:eu-west-1:111122223333"
STACK, CHANGE_SET = f"{ARN}:stack/s/1", f"{ARN}:changeSet/c/1"
REASON = "it is taken by postgres://u:" + "hunter2@db"
TEMPLATE = {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {}}}}


class FakeAws(AwsApi):
    """Answers each operation with the next of its answers, and with the last one for good."""

    def __init__(self, **answers: list[Any]) -> None:
        super().__init__(access_role="access", home_region="eu-west-1")
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.polls = 0

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        assert at.account == "111122223333"
        operation = action.partition(".")[2]
        self.asked.append((operation, parameters))
        answers = self.answers[operation]
        answer: dict[str, Any] | Exception = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        for _ in range(int(timeout_s / every_s)):
            self.polls += 1
            if (answer := poll()) is not None:
                return answer
        raise WaitError(f"{what} did not end")

    def new_name(self) -> str:
        return "new"


def described(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackId": STACK, "StackStatus": status}]}


def change_set(status: str = "CREATE_COMPLETE", execution: str = "AVAILABLE") -> dict[str, Any]:
    return {"ChangeSetId": CHANGE_SET, "StackId": STACK, "Status": status, "ExecutionStatus": execution}


def stack(aws: AwsApi) -> Stack:
    return Stack(aws, Place("111122223333", "eu-west-1"), "s")


def live(status: str) -> LiveStack:
    return LiveStack(STACK, "s", status, "then")


def deploy(aws: FakeAws, found: LiveStack | None = None) -> LiveStack:
    return stacks.deploy(stack(aws), TEMPLATE, [], lambda _: None, found)


def answers(**more: list[Any]) -> dict[str, list[Any]]:
    return {
        "DescribeStacks": [described("UPDATE_COMPLETE")],
        "GetTemplate": [{"TemplateBody": json.dumps(TEMPLATE)}],
        "CreateChangeSet": [{"Id": CHANGE_SET, "StackId": STACK}],
        "DescribeChangeSet": [change_set(), change_set(execution="EXECUTE_COMPLETE")],
        "ExecuteChangeSet": [{}],
        "ListStackResources": [{"StackResourceSummaries": [{"LogicalResourceId": "A", "PhysicalResourceId": "a"}]}],
        "DescribeStackEvents": [
            {
                "StackEvents": [
                    {"LogicalResourceId": "A", "ResourceStatus": "UPDATE_FAILED", "ResourceStatusReason": REASON}
                ]
            }
        ],
        **more,
    }


def test_an_old_status_is_not_taken_for_the_end_of_an_update() -> None:
    """DescribeStacks still says UPDATE_COMPLETE of the time before; the change set knows better."""
    executions = ["EXECUTE_IN_PROGRESS", "EXECUTE_IN_PROGRESS", "EXECUTE_FAILED"]
    aws = FakeAws(**answers(DescribeChangeSet=[change_set(), *(change_set(execution=each) for each in executions)]))
    with pytest.raises(WaitError, match="A: it is taken"):
        deploy(aws, live("UPDATE_COMPLETE"))


def test_a_new_stack_that_is_not_listed_yet_is_waited_for() -> None:
    aws = FakeAws(
        **answers(
            DescribeStacks=[described("CREATE_IN_PROGRESS"), described("CREATE_COMPLETE")],
        )
    )
    assert deploy(aws).status == "CREATE_COMPLETE"
    created = next(parameters for operation, parameters in aws.asked if operation == "CreateChangeSet")
    assert created["ChangeSetType"] == "CREATE"
    followed = [parameters["StackName"] for operation, parameters in aws.asked if operation == "DescribeStacks"]
    assert followed == [STACK, STACK]


def test_resources_that_are_listed_late_are_waited_for() -> None:
    listed = answers()["ListStackResources"]
    aws = FakeAws(**answers(ListStackResources=[{"StackResourceSummaries": []}, *listed]))
    deploy(aws, live("UPDATE_COMPLETE"))


def test_resources_that_are_never_listed_are_missing() -> None:
    aws = FakeAws(**answers(ListStackResources=[{"StackResourceSummaries": []}]))
    with pytest.raises(WaitError, match="is complete but lacks A"):
        deploy(aws)


def test_a_deletion_is_followed_by_the_stack_s_id() -> None:
    aws = FakeAws(
        DescribeStacks=[described("CREATE_COMPLETE"), described("DELETE_COMPLETE")],
        DeleteStack=[{}],
    )
    stacks.delete(stack(aws), live("CREATE_COMPLETE"))
    assert [parameters["StackName"] for _, parameters in aws.asked] == [STACK, STACK, STACK]


def test_a_deletion_that_fails_says_why() -> None:
    aws = FakeAws(
        DescribeStacks=[described("DELETE_FAILED")],
        DeleteStack=[{}],
        DescribeStackEvents=answers()["DescribeStackEvents"],
    )
    with pytest.raises(WaitError, match="ended in DELETE_FAILED: A: it is taken"):
        stacks.delete(stack(aws), live("CREATE_COMPLETE"))


def test_a_name_that_is_taken_by_a_secret_on_its_way_out_is_told_with_what_to_do() -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "orders/mail"}}
    aws = FakeAws(
        **answers(DescribeSecret=[{"Name": "orders/mail", "ARN": "arn", "Tags": [], "DeletedDate": "2026-11-23"}])
    )
    template = {"Resources": {"A": TEMPLATE["Resources"]["A"], "S": secret}}
    with pytest.raises(WaitError, match=r"orders/mail .* scheduled for deletion") as caught:
        stacks.deploy(stack(aws), template, [], lambda _: None, live("UPDATE_COMPLETE"))
    assert "restore-secret --secret-id orders/mail" in caught.value.hint


def test_a_rollback_that_failed_is_gone_on_with() -> None:
    aws = FakeAws(
        **answers(
            DescribeStacks=[
                described("UPDATE_ROLLBACK_IN_PROGRESS"),
                described("UPDATE_ROLLBACK_COMPLETE"),
                described("UPDATE_COMPLETE"),
            ],
            ContinueUpdateRollback=[{}],
        )
    )
    deploy(aws, live("UPDATE_ROLLBACK_FAILED"))
    operations = [operation for operation, _ in aws.asked]
    assert operations.index("ContinueUpdateRollback") < operations.index("CreateChangeSet")
