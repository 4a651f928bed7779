"""What a run leaves in writing: all that it did, and nothing that is secret."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3

from bootstrap.cli.journal import journal
from bootstrap.emulator import options
from bootstrap.engine.apply import Done, Failed, Report, Skipped
from bootstrap.engine.plan import Change
from bootstrap.model.errors import AwsError
from bootstrap.model.resource import Address, Resource
from bootstrap.render.report import render_outcome, render_report
from tests.cli.command import run, running, succeed
from tests.cli.test_interrupt import interrupted_after, read_until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bootstrap.emulator import Emulator


def lines(organization: Path) -> list[dict[str, Any]]:
    """Of the last run."""
    path = max((organization / ".org-bootstrap" / "runs").iterdir())
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_change_and_call_of_a_run_is_in_its_journal(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    done = succeed("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    first, *middle, last = lines(organization)
    assert (first["event"], first["verb"], first["changes"]) == ("begin", "apply", 47)
    assert (last["event"], last["outcome"]) == ("end", "finished")
    changes = [line for line in middle if line["event"] == "change"]
    assert len({line["address"] for line in changes}) == 47
    assert {line["outcome"] for line in changes} == {"done"}
    calls = [line for line in middle if line["event"] == "call"]
    assert len([line for line in calls if line["action"] == "organizations.CreateAccount"]) == 6
    assert len({line["account"] for line in calls if line["action"] == "cloudformation.ExecuteChangeSet"}) == 4
    assert ".org-bootstrap/runs/" in done.err
    assert (organization / ".org-bootstrap" / ".gitignore").read_text("utf-8") == "*\n"
    succeed("plan", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    assert len(list((organization / ".org-bootstrap" / "runs").iterdir())) == 1, "reading leaves nothing behind"


def test_the_last_line_of_a_run_counts_every_call_of_it_those_for_the_lock_too(
    organization: Path, emulator: Emulator
) -> None:
    emulator.reset()
    before = 0
    for words in (["apply"], ["apply"], ["destroy", "--approve", "destroy:example"]):
        emulator.fail_next("ssm.PutParameter", fault="throttled")
        done = succeed("--verbose", *words, "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
        seen = emulator.calls()[before:]
        assert {"ssm.PutParameter", "ssm.DeleteParameter"} <= {call.action for call in seen}
        last = done.err.splitlines()[-1]
        assert last == f"Total: {len(seen)} AWS API calls, 1 throttled, 1 retried."
        told = re.findall(r"^  (\w+\.\w+) .* ms ", done.err, re.MULTILINE)
        assert Counter(told) == Counter(call.action for call in seen)
        before += len(seen)


def test_a_failure_is_in_the_journal_with_the_reason_that_aws_gave(
    organization: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reason of a request that AWS took and did not carry out, and one of a call that it refused."""
    emulator.reset()
    emulator.fail_account("INVALID_ADDRESS", email="aws+tooling@example.com")
    assert run("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint).code == 1
    failed = {line["address"]: line for line in lines(organization) if line.get("outcome") == "failed"}
    assert failed.keys() == {"account:tooling"}
    assert (failed["account:tooling"]["error"], failed["account:tooling"]["reason"]) == ("WaitError", "INVALID_ADDRESS")

    with monkeypatch.context() as patched:
        patched.setattr(options.CURRENT, "profile", replace(options.CURRENT.profile, account_quota=6))
        assert run("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint).code == 1
    quota = ("ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED")
    failed = {line["address"]: line for line in lines(organization) if line.get("outcome") == "failed"}
    assert (failed["account:tooling"]["error"], failed["account:tooling"]["reason"]) == quota
    calls = [line for line in lines(organization) if line["event"] == "call" and line["outcome"] != "ok"]
    refused = [line for line in calls if line["action"].endswith(".CreateAccount")]
    assert [(line["outcome"], line.get("reason")) for line in refused] == [quota]
    assert all("reason" not in line for line in lines(organization) if line.get("outcome") == "ok")


def test_no_secret_is_in_a_journal(organization: Path, emulator: Emulator) -> None:
    """The keys of the sessions were in the process that wrote it; the values of the entries were made in AWS."""
    emulator.reset()
    done = succeed("--verbose", "apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    keys = session_keys()
    assert len(keys) == 3 * 4, "of each of the four accounts that have a baseline"
    (path,) = (organization / ".org-bootstrap" / "runs").iterdir()
    values = [part for value in secret_values(emulator.endpoint) for part in value.values() if len(part) > 10]
    assert len(values) > 8
    for text in (path.read_text("utf-8"), done.err, done.out):
        assert not [secret for secret in keys + values if secret in text]


def session_keys() -> list[str]:
    """Every key, secret and token that AWS has given so far to whoever entered an account."""
    from moto.sts.models import sts_backends  # noqa: PLC0415 (once the emulator runs, which keeps the user's profile out)

    sessions = [
        session
        for account in sts_backends.values()
        for backend in account.values()
        for session in backend.assumed_roles
    ]
    return [
        text
        for session in sessions
        for text in (session.access_key_id, session.secret_access_key, session.session_token)
    ]


def secret_values(endpoint: str) -> list[dict[str, str]]:
    """Every value of every entry in every account, as only a test may read them."""

    def client(service: str, **keys: str) -> Any:
        keys = keys or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, endpoint_url=endpoint, region_name="eu-west-1", **keys)

    found = []
    for account in client("organizations").list_accounts()["Accounts"]:
        if account["Name"] == "master":
            continue
        role = f"arn:aws:iam::{account['Id']}:role/OrganizationAccountAccessRole"
        inside = client("sts").assume_role(RoleArn=role, RoleSessionName="look")["Credentials"]
        secrets = client(
            "secretsmanager",
            aws_access_key_id=inside["AccessKeyId"],
            aws_secret_access_key=inside["SecretAccessKey"],
            aws_session_token=inside["SessionToken"],
        )
        filled = [one["ARN"] for one in secrets.list_secrets()["SecretList"] if one.get("SecretVersionsToStages")]
        found += [json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"]) for arn in filled]
    return found


def test_a_run_that_was_ended_without_waiting_has_no_end_in_its_journal(
    organization: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.reset()
    with monkeypatch.context() as patched:
        patched.setattr(options.CURRENT, "polls", 1_000_000)
        with running("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint) as process:
            read_until(process, "waiting for AWS to create the account")
            process.send_signal(signal.SIGINT)
            interrupted_after(process, "Interrupted: finishing writes in flight")
    assert "end" not in {line["event"] for line in lines(organization)}
    assert "change" in {line["event"] for line in lines(organization)}
    locked = run("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    assert locked.code == 3
    assert "another run holds the lock: " in locked.err


def test_a_journal_that_cannot_be_written_is_said_and_holds_nothing_up(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    (organization / ".org-bootstrap").write_text("a file", "utf-8")
    done = succeed("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    assert "Warning: no journal of this run: " in done.err
    assert done.last_line == "Applied: 47 created, 0 failed, 0 skipped."


def test_verbose_tells_each_call_and_json_is_one_object_a_line(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    told = succeed("--verbose", "--log-format", "json", "plan", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    talk = [json.loads(line) for line in told.err.splitlines()]
    assert {line["level"] for line in talk} == {"info"}
    assert any(line["text"].startswith("organizations.DescribeOrganization ") for line in talk)
    for misuse in ("plan --nope", "plan --format yaml", "nope", "", "init a b"):
        misused = run("--log-format", "json", *misuse.split())
        (line,) = map(json.loads, misused.err.splitlines())
        assert (misused.code, misused.out, line["level"]) == (1, "", "error"), misuse
        assert "--help`" in line["hint"]
    wrong = run("--log-format", "json", "plan", "-C", organization / "nowhere")
    (error,) = [json.loads(line) for line in wrong.err.splitlines()]
    assert (error["level"], error["label"]) == ("error", "error")
    assert error["hint"].startswith("create it with: org-bootstrap init")


def test_a_secret_in_a_name_or_an_error_of_aws_is_in_no_journal_and_no_report(tmp_path: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    ou, policy = Resource(Address("ou", f"Old {key}"), {}), Resource(Address("policy", f"p {key}"), {})
    error = AwsError("organizations.DeletePolicy", "InvalidInputException", f"no such policy: {key}")
    outcomes = (
        Done(Change(ou.address, ou, None)),
        Failed(Change(policy.address, policy, None), error),
        Skipped(Change(ou.address, ou, None), policy.address),
    )
    with journal(tmp_path, verb="apply") as kept:
        for outcome in outcomes:
            kept.change(outcome)
    assert kept.path
    told = [kept.path.read_text("utf-8"), render_report(Report(outcomes), ""), *map(render_outcome, outcomes)]
    assert not [text for text in told if key in text]
    assert all("ou:Old ***" in text for text in told[:3])
