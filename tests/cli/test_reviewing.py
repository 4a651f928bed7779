"""A plan that was reviewed, as a file or as its digest, binds the apply that it is given to."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from bootstrap.planfile import read
from tests.cli.command import run, succeed

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

pytestmark = pytest.mark.emulator
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
ALICE = "account_specs/developers/alice.yaml"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_reviewed_plan_is_applied_and_once_applied_asks_for_nothing(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    here: Any = {"here": organization, "aws": emulator.variables()}
    planned = succeed("plan", "--out", "plan.json", **here)
    assert planned.err.endswith("To apply exactly this plan: org-bootstrap apply plan.json\n")
    assert succeed("apply", "plan.json", **here).last_line == "Applied: 47 created, 0 failed, 0 skipped."
    assert succeed("apply", "plan.json", **here).last_line.startswith("Nothing to do")

    # Whatever comes after the review is not in it.
    edit(organization / ALICE, "name: alice", "name: alicia")
    refused = run("apply", "plan.json", **here)
    assert refused.code == 3
    assert "the plan has changed since its review: the YAML has changed" in refused.err
    assert "update account:developer-alicia: was not in the plan" in refused.err

    # A digest stands for the file where none can go.
    digest = succeed("plan", **here).err.split()[-1]
    edit(organization / ALICE, "name: alicia", "name: alina")
    refused = run("apply", "--expect", digest, **here)
    assert refused.code == 3
    assert "the plan has changed since its review: the YAML has changed" in refused.err
    edit(organization / ALICE, "name: alina", "name: alicia")
    # What a script makes of a variable that is not set binds to nothing, and so does nothing.
    refused = run("apply", "--expect", "", **here)
    assert refused.code == 3
    assert "an empty text is not the digest of a plan" in refused.err
    assert succeed("apply", "--expect", digest, **here).last_line == "Applied: 1 updated, 0 failed, 0 skipped."

    # A consent that was reviewed needs no second word.
    edit(organization / ALICE, "name: alicia", "name: alicia\n  state: closed")
    unsaid = run("plan", "--out", "closing.json", **here)
    assert unsaid.code == 3
    assert "To apply exactly" not in unsaid.err
    assert run("apply", "closing.json", **here).code == 3
    succeed("plan", "--approve", "close:developer-alicia", "--out", "closing.json", **here)
    done = succeed("apply", "closing.json", **here)
    assert "approved with: --approve close:developer-alicia" in done.out
    assert succeed("apply", "closing.json", **here).last_line.startswith("Nothing to do")

    edit(organization / "closing.json", "developer-alicia", "developer-bob")
    refused = run("apply", "closing.json", **here)
    assert refused.code == 3
    assert "closing.json was edited" in refused.err


def test_no_secret_and_no_id_that_a_plan_could_hold_is_in_its_file(organization: Path) -> None:
    succeed("plan", "--emulated", "--out", "plan.json", here=organization)
    plan = read((organization / "plan.json").read_bytes(), "plan.json")
    assert plan.organization.model_dump() == {"name": "example", "id": "", "account": "123456789012"}
    secrets = [
        resource
        for change in plan.changes
        for resource in (change.after or {}).get("resources", {}).values()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    ]
    assert len(secrets) == 16
    assert not [secret for secret in secrets if "SecretString" in secret["Properties"]]


@pytest.mark.parametrize(
    ("file", "words"), [("nowhere.json", "cannot read nowhere.json: no such file"), (".", "is a directory")]
)
def test_a_plan_that_cannot_be_read_is_an_error_with_a_hint(organization: Path, file: str, words: str) -> None:
    done = run("apply", file, "--emulated", here=organization)
    assert done.code == 1
    assert words in done.err
    assert "plan --out FILE" in done.err


def test_a_plan_that_could_not_be_written_after_all_is_shown_all_the_same(organization: Path) -> None:
    (organization / "plan.json").symlink_to("no/such/folder/plan.json")
    done = run("plan", "--emulated", "--out", "plan.json", here=organization)
    assert done.code == 1
    assert done.last_line.startswith("Plan: 47 to create")
    assert "cannot write plan.json: no such file or directory" in done.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("plan --out nodir/x", 1, "cannot write nodir/x: folder nodir does not exist\n  hint: create it first"),
        ("snapshot --out nodir/x", 1, "cannot write nodir/x: folder nodir does not exist\n  hint: create it first"),
        ("plan --out garbage", 1, "garbage exists and was not written by org-bootstrap; nothing was written"),
        ("snapshot --out garbage", 1, "garbage exists and was not written by org-bootstrap; nothing was written"),
        ("plan --out snapshot.json", 1, "snapshot.json is a snapshot, not a plan; nothing was written"),
        ("plan --target account:nobody", 1, "--target account:nobody: the YAML has no such target"),
        ("apply --target account:nobody", 1, "--target account:nobody: the YAML has no such target"),
        ("apply --expect abc", 3, "abc is not the digest of a plan\n  hint: `org-bootstrap plan` prints it at the end"),
    ],
)
def test_what_is_known_to_be_wrong_is_told_before_aws_is_asked(
    organization: Path, words: str, code: int, says: str
) -> None:
    (organization / "garbage").write_text("not ours", "utf-8")
    (organization / "snapshot.json").write_text('{\n  "format": 1,\n  "tool": "0.0.1",\n  "taken": "2026', "utf-8")
    before = {path: path.read_bytes() for path in organization.glob("*") if path.is_file()}
    # Nobody listens there, and whoever asked would be told that.
    done = run(*words.split(), here=organization, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert {path: path.read_bytes() for path in organization.glob("*") if path.is_file()} == before


def test_a_plan_is_written_over_a_plan_and_over_nothing_else(organization: Path) -> None:
    alice = organization / "account_specs" / "developers" / "alice.yaml"
    before = alice.read_text("utf-8")
    done = run("plan", "--emulated", "--out", alice, here=organization)
    assert done.code == 1
    assert "alice.yaml exists and was not written by org-bootstrap; nothing was written" in done.err
    assert alice.read_text("utf-8") == before
    succeed("plan", "--emulated", "--out", "plan.json", here=organization)
    (organization / "plan.json").write_bytes((organization / "plan.json").read_bytes() + b" ")
    succeed("plan", "--emulated", "--out", "plan.json", here=organization)
    assert (organization / "plan.json").read_bytes().endswith(b"}\n")


def test_what_goes_on_from_a_narrowed_apply_is_as_narrow(organization: Path, emulator: Emulator) -> None:
    emulator.reset()
    emulator.fail_account("INVALID_ADDRESS", email="aws+security@example.com")
    done = run("apply", "--target", "account:security", here=organization, AWS_ENDPOINT_URL=emulator.endpoint)
    assert done.code == 1
    assert done.last_line.endswith("To continue: org-bootstrap apply --target account:security")


def test_an_empty_consent_overrides_nothing_and_is_no_way_round_a_review(applied: Path, emulator: Emulator) -> None:
    """What a script makes of a variable that is not set."""
    here: Any = {"here": applied, "aws": emulator.variables()}
    edit(applied / "account_specs/organization.yaml", "home_region: eu-west-1", "home_region: us-east-1")
    refused = run("plan", "--approve", "", "--out", "plan.json", **here)
    assert refused.code == 3
    assert "Cannot be overridden with --approve" in refused.out.partition("Blocked:")[2]
    assert "To apply exactly" not in refused.err
    assert json.loads((applied / "plan.json").read_text("utf-8"))["approved"] == []
    assert run("apply", "plan.json", "--yes", **here).code == 3


def test_of_two_runs_that_wait_for_each_other_the_earlier_never_undoes_the_later(
    applied: Path, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The first sets an owner and the second takes that back, planned before the first was applied: it has nothing to
    do, and is applied first.
    """
    aws = emulator.variables()
    here: Any = {"here": applied, "aws": aws}
    edit(applied / ALICE, "owner: alice@", "owner: anna@")
    first = tmp_path_factory.mktemp("first")
    shutil.copytree(applied, first, dirs_exist_ok=True)
    succeed("plan", "--out", "first.json", here=first, aws=aws)
    edit(applied / ALICE, "owner: anna@", "owner: alice@")
    succeed("plan", "--out", "second.json", **here)

    assert succeed("apply", "second.json", "--serial", "8", **here).last_line.startswith("Nothing to do")
    refused = run("apply", "first.json", "--serial", "7", here=first, aws=aws)
    assert refused.code == 3
    assert "serial 8 has already been applied, and this is serial 7: it would undo later changes" in refused.err
    assert succeed("apply", "second.json", "--serial", "8", **here).last_line.startswith("Nothing to do")
    # Whoever applies by hand, with no serial, forgets none.
    succeed("apply", **here)
    assert run("apply", "first.json", "--serial", "7", here=first, aws=aws).code == 3
    done = succeed("apply", "first.json", "--serial", "9", here=first, aws=aws)
    assert done.last_line == "Applied: 2 updated, 0 failed, 0 skipped."


def test_the_serial_that_was_applied_must_be_known(applied: Path, emulator: Emulator) -> None:
    here: Any = {"here": applied, "aws": emulator.variables()}
    ssm = boto3.client("ssm", endpoint_url=emulator.endpoint, region_name="us-east-1", **KEYS)
    ssm.put_parameter(Name="/org-bootstrap/applied/000", Value="lost", Type="String", Overwrite=True)
    refused = run("apply", "--serial", "1", **here)
    assert refused.code == 3
    assert "the last serial is unknown" in refused.err
    succeed("apply", **here)
    succeed("apply", "--serial", "1", **here)
    assert run("apply", "--serial", "0", **here).code == 1
