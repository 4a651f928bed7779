"""How much one run may do before it needs an approval, on the command line: blocked, approved, and continued."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.command import run, succeed
from tests.cli.test_reviewing import edit

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

FILE = "account_specs/organization.yaml"


@pytest.fixture
def here(applied: Path, emulator: Emulator) -> dict[str, Any]:
    """The example, applied: six accounts, four of them below Workloads."""
    return {"here": applied, "aws": emulator.variables()}


def limits(organization: Path, safety: str) -> None:
    edit(organization / FILE, "organization:\n", f"organization:\n  safety: {safety}\n")


def blocked(act: str, **where: Any) -> str:
    """The approval that is printed where the apply is blocked."""
    planned, done = run("plan", **where), run("apply", "--yes", **where)
    assert (planned.code, done.code) == (3, 3)
    (token,) = set(re.findall(rf"--approve ({act}:\d+)", planned.out + done.out + done.err))
    return str(token)


def test_a_share_of_the_accounts_needs_an_approval_from_its_floor_on(organization: Path, here: dict[str, Any]) -> None:
    edit(organization / FILE, "allowed_regions: [eu-west-1, us-east-1]", "allowed_regions: [eu-west-1]")
    assert run("plan", **here).code == 0, "four of six are more than 30 %, and less than ten"
    limits(organization, "{max_accounts_percent: 30, min_accounts: 5}")
    assert run("plan", **here).code == 0
    edit(organization / FILE, "min_accounts: 5", "min_accounts: 4")
    token = blocked("accounts", **here)
    assert token == "accounts:4"
    assert run("apply", "--yes", "--approve", "accounts:3", **here).code == 3
    edit(organization / FILE, "max_accounts_percent: 30", "max_accounts_percent: 67")
    assert blocked("accounts", **here) == token, "looser limits do not count in the change that needs them"
    assert "max_accounts_percent 30 -> 67" in run("plan", **here).out
    assert f"--approve {token}" in succeed("apply", "--yes", "--approve", token, **here).out
    edit(organization / FILE, "allowed_regions: [eu-west-1]", "allowed_regions: [eu-west-1, us-east-1]")
    assert run("plan", **here).code == 0, "once they were applied they do"


def test_a_number_of_deletes_needs_an_approval_from_its_floor_on(organization: Path, here: dict[str, Any]) -> None:
    ous = [f"Old/{number}" for number in range(11)]
    edit(
        organization / FILE, "organizational_units:\n", "organizational_units:\n" + "".join(f"  {ou}:\n" for ou in ous)
    )
    succeed("apply", "--yes", **here)
    for ou in ous[1:]:
        edit(organization / FILE, f"  {ou}:\n", "")
    assert "0 to update, 10 to delete" in succeed("plan", **here).last_line
    edit(organization / FILE, f"  {ous[0]}:\n", "")
    token = blocked("deletes", **here)
    assert token == "deletes:12"
    limits(organization, "{max_deletes: 100}")
    assert blocked("deletes", **here) == token
    done = succeed("apply", "--yes", "--approve", token, **here)
    assert done.last_line == "Applied: 12 deleted, 0 failed, 0 skipped."


def test_what_failed_half_way_goes_on_with_the_same_approval_and_a_reviewed_plan_with_none(
    organization: Path, here: dict[str, Any], emulator: Emulator
) -> None:
    limits(organization, "{max_accounts_percent: 10, min_accounts: 1}")
    for name in ("carol", "dave", "erin"):
        text = f"developer: {{name: {name}, email: aws+{name}@example.com, owner: {name}@example.com}}\n"
        (organization / f"account_specs/developers/{name}.yaml").write_text(text, "utf-8")
    token = blocked("accounts", **here)
    succeed("plan", "--approve", token, "--out", "plan.json", **here)
    emulator.fail_account("INVALID_ADDRESS", email="aws+carol@example.com")
    emulator.fail_account("INVALID_ADDRESS", email="aws+dave@example.com")
    failed = run("apply", "--yes", "--approve", token, **here)
    assert failed.code == 1
    following = failed.last_line.partition("To continue: org-bootstrap ")[2].split()
    assert following == ["apply", "--yes", "--approve", "accounts:3"]
    assert blocked("accounts", **here) == "accounts:2"

    assert succeed("apply", "plan.json", "--yes", **here).last_line.startswith("Applied: 4 created")
    assert succeed(*following, **here).last_line.startswith("Nothing to do")
