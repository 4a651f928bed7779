"""`snapshot` writes what a plan needs, and plan --snapshot needs nothing else: no AWS, no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.command import run, served, succeed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.emulator
def test_a_plan_from_a_snapshot_needs_no_aws(organization: Path) -> None:
    with served() as variables:
        succeed("apply", here=organization, aws=variables)
        kept = succeed("snapshot", "--out", "snapshot.json", "--redact", here=organization, aws=variables)
        reviewed = organization / "plan.json"
        succeed("plan", "--out", reviewed, here=organization, aws=variables)
        before = reviewed.read_bytes()
        refused = run("snapshot", "--out", reviewed, here=organization, aws=variables)
    assert (refused.code, refused.out.splitlines()[1:], reviewed.read_bytes()) == (1, [], before)
    assert "plan.json is a plan, not a snapshot; nothing was written\n  hint: use another file" in refused.err
    assert kept.last_line == "+ snapshot.json"
    assert kept.err.endswith("Next: org-bootstrap plan --snapshot snapshot.json\n")

    same = succeed("plan", "--snapshot", "snapshot.json", "--detailed-exitcode", here=organization)
    assert same.first_line.startswith("Snapshot of AWS account ")
    assert same.last_line == "Nothing to do: 52 resources match the YAML."

    (organization / "account_specs" / "developers" / "carol.yaml").write_text(
        "developer: {name: carol, email: c@example.com, owner: c@example.com}\n", "utf-8"
    )
    more = run("plan", "--snapshot", "snapshot.json", "--detailed-exitcode", "--out", "plan.json", here=organization)
    assert more.code == 2
    assert more.last_line == "Plan: 2 to create, 0 to update, 0 to delete; 52 unchanged."

    told = succeed("plan", "--snapshot", "snapshot.json", "--show-api-calls", here=organization)
    assert '    > organizations.CreateAccount Email="c@example.com" AccountName="developer-carol"' in told.out
    assert "    > cloudformation.ExecuteChangeSet in ${account:developer-carol} eu-west-1" in told.out

    wrong = run("plan", "--snapshot", "plan.json", here=organization)
    assert wrong.code == 1
    assert "! error: plan.json is a plan, not a snapshot\n  hint: take a new one: " in wrong.err


def test_a_snapshot_that_cannot_be_read_is_an_error_with_a_hint(organization: Path) -> None:
    done = run("plan", "--snapshot", "nowhere.json", here=organization)
    assert done.code == 1
    assert "cannot read nowhere.json: no such file or directory" in done.err
    assert "snapshot --out FILE" in done.err


def test_a_plan_is_against_a_snapshot_or_a_emulator(organization: Path) -> None:
    done = run("plan", "--snapshot", "snapshot.json", "--emulated", here=organization)
    assert (done.code, done.out) == (1, "")
    assert "--snapshot: cannot be combined with --emulated" in " ".join(done.err.split())
