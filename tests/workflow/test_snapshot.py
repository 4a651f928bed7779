from __future__ import annotations

from bootstrap.aws.recording import RecordedCall
from bootstrap.workflow.snapshot import make_snapshot, read_snapshot, recorded_calls, write_snapshot

TAKEN, MANAGEMENT = "2026-11-30T12:00:00Z", "123456789012"


def call(account: str, answer: dict[str, object] | None, **error: str) -> RecordedCall:
    return RecordedCall("cloudformation.GetTemplate", account, "eu-west-1", {"StackName": "a"}, answer, **error)


def test_equal_answers_stand_once_in_the_file_and_come_back_for_each_call() -> None:
    template = {"TemplateBody": {"Resources": {}}}
    calls = [
        call("1", template),
        call("2", {"TemplateBody": {"Resources": {}}}),
        call("3", {}),
        call("4", None, code="AccessDenied", message="not you"),
    ]
    read = read_snapshot(write_snapshot(make_snapshot(calls, TAKEN, MANAGEMENT)), "snapshot.json")
    assert read.answers == [template, {}]
    assert recorded_calls(read, {}) == calls
