"""drift ends with 2 where anything drifted, with 0 where nothing did, and with 1 where it cannot tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.cli.command import run, succeed
from tests.system.organization import Organization

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator


def test_drift_has_its_own_exit_codes(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    here: Any = {"here": organization, "AWS_ENDPOINT_URL": emulator.endpoint}
    unknown = run("drift", **here)
    assert unknown.code == 1
    assert "no completed apply is on record" in unknown.err
    assert "apply once, to completion: org-bootstrap apply" in unknown.err

    aws = Organization(organization, emulator.endpoint, emulator=emulator)
    aws.converge()
    assert succeed("drift", **here).last_line == "No drift: everything is as last applied."
    # What is asked for and not applied yet is no drift.
    alice = organization / "account_specs" / "developers" / "alice.yaml"
    alice.write_text(alice.read_text("utf-8").replace("name: alice", "name: alicia"), "utf-8")
    asked = succeed("drift", **here)
    assert asked.last_line == "No drift: everything is as last applied."
    assert "Not drift: 1 change in the YAML is not applied yet" in asked.out

    # What somebody attached or made is drift until the next apply has told it, though that leaves it alone.
    aws.make_account("somebody@example.org", "somebody")
    came = run("drift", **here)
    assert came.code == 2
    assert 'account:somebody@example.org: "somebody" in Root, not in the YAML' in came.out
    assert came.last_line == "Drift: 1 unmanaged resource."
    (unmanaged,) = json.loads(run("drift", "--format", "json", **here).out)["unmanaged"]
    assert unmanaged["address"] == "account:somebody@example.org"
    succeed("apply", **here)
    assert succeed("drift", **here).last_line == "No drift: everything is as last applied."

    account = aws.accounts()["orders-beta"]
    aws.client("secretsmanager", account, "eu-west-1").delete_secret(SecretId="orders/database")
    tags = [{"Key": "org-bootstrap:owner", "Value": "nobody@example.com"}]
    aws.client("organizations").tag_resource(ResourceId=account, Tags=tags)
    found = run("drift", **here)
    assert found.code == 2
    assert "~ baseline:orders-beta SecretOrdersDatabase: the secret orders/database was deleted" in found.out
    assert "~ account:orders-beta" in found.out
    assert "developer-alic" not in found.out
    assert "somebody" not in found.out
    assert found.last_line == (
        "Drift: 1 drifted resource; the next apply reverts it. Also: 1 change inside accounts (not reverted by apply)."
    )

    report = run("drift", "--format", "markdown", **here)
    assert report.out.startswith("### example: ")
    assert "SecretOrdersDatabase" in report.out
    machine = json.loads(run("drift", "--format", "json", **here).out)
    assert [change["address"] for change in machine["changes"]] == ["account:orders-beta"]
    assert [finding["part"] for finding in machine["inside"]] == ["SecretOrdersDatabase"]


def test_where_nothing_is_remembered_drift_cannot_tell(applied: Path, emulator: Emulator) -> None:
    here: Any = {"here": applied, "AWS_ENDPOINT_URL": emulator.endpoint}
    ssm = Organization(applied, emulator.endpoint).client("ssm")
    for found in ssm.get_parameters_by_path(Path="/org-bootstrap/applied")["Parameters"]:
        ssm.delete_parameter(Name=found["Name"])
    unknown = run("drift", **here)
    assert unknown.code == 1
    assert "no completed apply is on record" in unknown.err


def test_an_account_that_nobody_can_enter_hides_no_drift_elsewhere(applied: Path, emulator: Emulator) -> None:
    here: Any = {"here": applied, "AWS_ENDPOINT_URL": emulator.endpoint}
    aws = Organization(applied, emulator.endpoint)
    iam = aws.client("iam", aws.accounts()["orders-beta"])
    name = "OrganizationAccountAccessRole"
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy_name in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy_name)
    iam.delete_role(RoleName=name)
    alone = succeed("drift", **here)
    assert "account:orders-beta: could not be entered" in alone.err
    assert "Inaccessible:\n  account:orders-beta: could not be entered" in alone.out
    assert "\n  baseline:orders-beta: " in alone.out
    assert alone.last_line == "No drift found, but 2 resources could not be read."
    machine = json.loads(succeed("drift", "--format", "json", **here).out)
    assert [entry["address"] for entry in machine["inaccessible"]] == ["account:orders-beta", "baseline:orders-beta"]

    tags = [{"Key": "org-bootstrap:owner", "Value": "nobody@example.com"}]
    aws.client("organizations").tag_resource(ResourceId=aws.accounts()["developer-alice"], Tags=tags)
    found = run("drift", **here)
    assert found.code == 2
    assert "~ account:developer-alice" in found.out


def test_drift_offers_only_what_it_is_written_as() -> None:
    assert "html" not in succeed("drift", "--help").out
    refused = run("drift", "--format", "html")
    assert refused.code == 1
    assert "'text', 'markdown', 'json'" in refused.err


def test_each_reading_says_what_it_is_and_counts_its_own(applied: Path, emulator: Emulator) -> None:
    here: Any = {"here": applied, "AWS_ENDPOINT_URL": emulator.endpoint}
    before = len(emulator.calls())
    done = succeed("drift", **here)
    told = [line for line in done.err.splitlines() if not line.startswith("  still reading")]
    assert told[::2] == ["Reading AWS …", "Reading inside the accounts …"]
    calls = [int(line.removeprefix("Read: ").removesuffix(" AWS API calls.")) for line in told[1::2]]
    assert sum(calls) == len(emulator.calls()) - before
