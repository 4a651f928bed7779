"""What a review on GitHub shows on the lines of the YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.cli.annotations import _command
from tests.cli.command import run, served, succeed

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = """developer:
  name: alice
  email: aws+alice@example.com
  owner: alice@example.com
  colour: blue
  "50%, or so": yes
"""
HINT = "hint: allowed keys: account_name, email, environment, name, owner, state"
ALICE = "account_specs/developers/alice.yaml"
ROOT = "account_specs/organization.yaml"


@pytest.fixture
def repository(organization: Path) -> Path:
    """The organization in a folder of a repository whose root is above it."""
    (organization.parent / ".git").mkdir()
    return organization.parent


def annotations(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("::")]


@pytest.mark.emulator
def test_each_problem_of_the_yaml_is_on_its_line_as_seen_from_the_root_of_the_repository(
    repository: Path, organization: Path
) -> None:
    (organization / ALICE).write_text(BROKEN, "utf-8")
    where = f"file=my organization/{ALICE}"
    done = run("validate", "--annotations", "github", here=organization)
    assert done.code == 1
    assert done.out.splitlines() == [
        f"::error {where},line=5,col=3,title=Invalid YAML::unknown key `colour`%0A{HINT}",
        f"::error {where},line=6,col=3,title=Invalid YAML::unknown key `50%25, or so`%0A{HINT}",
    ]
    # The usual text says no less than without.
    assert done.err == run("validate", here=organization).err
    # The same, from wherever it is typed, and of a plan: there beside what another machine reads.
    assert run("validate", "-C", organization, "--annotations", "github", here=repository).out == done.out
    assert run("plan", "--emulated", "--annotations", "github", here=organization).out == done.out
    aside = run("plan", "--emulated", "--annotations", "github", "--format", "json", here=organization)
    assert aside.out == ""
    assert annotations(aside.err) == done.out.splitlines()


def test_what_is_sound_has_no_annotation(organization: Path) -> None:
    assert not annotations(succeed("validate", "--annotations", "github", here=organization).out)


def test_outside_a_repository_a_file_is_as_it_was_typed(organization: Path) -> None:
    (organization / ALICE).write_text(BROKEN, "utf-8")
    done = run("validate", "-C", organization.name, "--annotations", "github", here=organization.parent)
    assert f"file=my organization/{ALICE},line=5" in done.out


@pytest.mark.emulator
def test_a_refusal_is_an_error_and_a_risk_a_warning_where_the_yaml_asks_for_it(
    repository: Path, organization: Path
) -> None:
    assert repository != organization
    with served() as aws:
        here: Any = {"here": organization, "aws": aws}
        succeed("apply", **here)
        alice, root = organization / ALICE, organization / ROOT
        alice.write_text(alice.read_text("utf-8") + "  state: closed\n", "utf-8")
        root.write_text(
            root.read_text("utf-8").replace("[iam.deny-users, secrets.protect]", "[iam.deny-users, s3.protect-bpa]"),
            "utf-8",
        )
        words = ("plan", "--annotations", "github", "--format", "json")
        done = run(*words, **here)
    assert done.code == 3
    assert json.loads(done.out)["blocked"]
    closed, detached, attached = annotations(done.err)
    assert closed == (
        f"::error file=my organization/{ALICE},line=3,title=Blocked::account:developer-alice: closes account "
        "developer-alice; its e-mail aws+alice@example.com can never be used again%0A"
        "AWS deletes a closed account after 90 days%0A"
        "approve with: --approve close:developer-alice"
    )
    risk = "@Workloads/Production: deletion or permission change"
    where = f"file=my organization/{ROOT},line=18"
    assert attached == f"::warning {where},title=Review carefully::create attachment:s3.protect-bpa{risk}"
    # A detached policy is on the line of the OU that it was attached to.
    assert detached == f"::warning {where},title=Review carefully::delete attachment:secrets.protect{risk}"


def test_no_text_can_end_a_command_or_begin_another() -> None:
    told = _command("error", "100% of\r\n::set-output name=x::y", file="a,b:c%.yaml", line=3)
    assert told == "::error file=a%2Cb%3Ac%25.yaml,line=3::100%25 of%0D%0A::set-output name=x::y"
