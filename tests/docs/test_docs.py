"""The documents are run: commands in a shell, YAML through the checks, excerpts against what is really printed."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bootstrap.cli.app import app
from bootstrap.emulator.profile import read_profile
from bootstrap.spec import models
from bootstrap.workflow.validate import validate
from tests.cli import forks
from tests.cli.command import BOUND_S, environment, run, running, succeed
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator import Emulator

README = (REPOSITORY / "README.md").read_text("utf-8")
YAML_PAGE = (REPOSITORY / "docs" / "yaml.md").read_text("utf-8")
EMULATOR_PAGE = (REPOSITORY / "docs" / "emulator.md").read_text("utf-8")
COMMANDS_PAGE = (REPOSITORY / "docs" / "commands.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[str]:
    return [line[2:].partition("  #")[0].strip() for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture
def served(emulator: Emulator) -> dict[str, str]:
    emulator.reset()
    return emulator.variables()


def test_the_two_commands_of_the_readme_are_those_of_the_makefile() -> None:
    first, _ = blocks(README, "console")
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    made = commands(first)
    assert made == ["make demo", "make test"]
    for command in made:
        assert f"\n{command.split()[1]}:" in makefile


def test_the_readme_does_what_it_says(tmp_path: Path, served: dict[str, str]) -> None:
    """Every command of it but pip's, which the test of the wheel runs."""
    _, use = blocks(README, "console")
    script = [command for command in commands(use) if not command.startswith("pip ")]
    assert len(script) == 5
    path = f"{forks.folder()}:{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-euc", "\n".join(script)],
        cwd=tmp_path,
        env=environment(served, {"PATH": path}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Plan: 36 to create" in done.stdout
    assert "Applied: 38 created, 0 failed, 0 skipped." in done.stdout


def test_the_plan_in_the_readme_is_the_one_that_is_printed(tmp_path: Path, served: dict[str, str]) -> None:
    here: Any = {"here": tmp_path, "aws": served}
    succeed("init", **here)
    succeed("apply", **here)
    succeed("developer", "add", "carol", "--email", "aws+carol@example.com", "--owner", "carol@example.com", **here)
    printed = succeed("plan", **here).out
    excerpt, _ = blocks(README, "text")
    parts = excerpt.strip().split("\n…\n")
    assert len(parts) == 3
    places = [printed.index(part) for part in parts]
    assert places == sorted(places)


def test_the_refusal_in_the_readme_is_the_one_that_is_printed(tmp_path: Path, served: dict[str, str]) -> None:
    here: Any = {"here": tmp_path, "aws": served}
    succeed("init", **here)
    succeed("apply", **here)
    bob = tmp_path / "account_specs" / "developers" / "bob.yaml"
    bob.write_text(bob.read_text("utf-8").replace("name: bob", "name: bob\n  state: closed"), "utf-8")
    refused = run("plan", **here)
    assert refused.code == 3
    _, excerpt = blocks(README, "text")
    assert " ".join(excerpt.split()) in " ".join(refused.out.split())


def test_the_developer_in_the_readme_is_the_one_of_the_example() -> None:
    (block,) = blocks(README, "yaml")
    example = (REPOSITORY / "account_specs" / "developers" / "alice.yaml").read_text("utf-8")
    assert block in example


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= 66


def test_the_yaml_of_the_documents_is_sound(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "scps", tmp_path / "scps")
    found = blocks(YAML_PAGE, "yaml")
    assert len(found) == 5
    for block in found:
        name = block.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(block, "utf-8")
    spec = validate(tmp_path)
    assert set(spec.accounts) == {"tooling", "developer-alice", "orders-beta", "orders-production"}
    assert "s3.deny-bucket-deletion" in spec.guardrails


@pytest.mark.emulator
@pytest.mark.skipif(shutil.which("curl") is None, reason="the page uses curl, and there is none here")
def test_the_embedded_aws_is_served_and_used_and_asked_as_its_page_says() -> None:
    serve, ask = (commands(block)[0] for block in blocks(EMULATOR_PAGE, "console"))
    script, _ = blocks(EMULATOR_PAGE, "python")
    assert serve.startswith("org-bootstrap emulator ")
    with running(*serve.split()[1:], "--port", "0") as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(11)]
        variables = dict(line.removeprefix("export ").rstrip("\n").split("=", 1) for line in lines[:-1])
        assert variables["ORG_BOOTSTRAP_SPEED"] == "10"
        assert lines[-1] == "unset AWS_PROFILE AWS_DEFAULT_PROFILE\n"
        shell = f"{''.join(lines)}{shlex.quote(sys.executable)} -c {shlex.quote(script)}; {ask}"
        done = subprocess.run(
            ["bash", "-euc", shell], env=environment(), capture_output=True, text=True, timeout=BOUND_S, check=False
        )
    assert done.returncode == 0, done.stderr
    printed, _, record = done.stdout.partition("\n")
    assert printed == "Root"
    assert [(call["action"], call["outcome"]) for call in json.loads(record)] == [
        ("organizations.CreateOrganization", "ok"),
        ("organizations.ListRoots", "ok"),
    ]
    assert set(re.findall(r"`(\w+)`", EMULATOR_PAGE.partition("| field |")[2].partition("\n\n")[0])) >= set(
        json.loads(record)[0]
    )


@pytest.mark.emulator
def test_the_embedded_aws_of_a_test_is_as_its_page_says() -> None:
    _, script = blocks(EMULATOR_PAGE, "python")
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=BOUND_S, check=True)
    assert done.stdout.splitlines() == ["http://127.0.0.1 100", "0 0"]


def test_the_profile_on_the_page_of_the_embedded_aws_is_one_and_has_every_fault(tmp_path: Path) -> None:
    (block,) = blocks(EMULATOR_PAGE, "toml")
    (tmp_path / "own.toml").write_text(block, "utf-8")
    profile = read_profile(str(tmp_path / "own.toml"))
    assert all(vars(profile.faults).values())
    assert set(tomllib.loads(block)) == {
        "latency_s" if field.name == "latency" else "delays_s" if field.name == "delays" else field.name
        for field in dataclasses.fields(profile)
    } - {"name"}


def fields() -> Iterator[str]:
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, models.Model) and model is not models.Statement:
            yield from model.model_fields


def test_every_field_of_the_yaml_is_described() -> None:
    used = {key for block in blocks(YAML_PAGE, "yaml") for key in keys(yaml.safe_load(block))}
    missing = [name for name in fields() if f"`{name}`" not in YAML_PAGE and f"**{name}**" not in YAML_PAGE]
    assert set(missing) - used == set()


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_every_command_is_in_the_table_and_no_other() -> None:
    registered = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    groups = {group.name for group in app.registered_groups}
    listed = re.findall(r"^\| `([a-z]+)", COMMANDS_PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(registered | groups)


@pytest.mark.parametrize("page", sorted(REPOSITORY.glob("*.md")) + sorted(REPOSITORY.glob("docs/*.md")), ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    for link in links:
        assert link.startswith("https://") or (page.parent / link).exists(), link
