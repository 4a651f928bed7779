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
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.main import get_command

from bootstrap.cli.app import app
from bootstrap.emulator.profile import read_profile
from bootstrap.spec import models
from bootstrap.workflow.example import write_example
from bootstrap.workflow.validate import validate
from tests.cli import forks
from tests.cli.command import BOUND_S, environment, run, running, succeed
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.emulator import Emulator

DOCS = REPOSITORY / "docs"
PAGES = sorted(REPOSITORY.glob("*.md")) + sorted(DOCS.rglob("*.md"))


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


README = (REPOSITORY / "README.md").read_text("utf-8")
TUTORIAL = page("tutorial.md")
CLI_PAGE = page("reference/cli.md")
EMULATOR_PAGE = page("reference/emulator.md")
PERMISSIONS_PAGE = page("reference/permissions.md")
YAML_PAGE = page("reference/yaml.md")
CI_PAGES = page("how-to/ci-github.md") + page("how-to/ci-gitlab.md")


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language; those in a list are indented."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [dedent(block) for _, block in found]


def commands(block: str) -> list[str]:
    return [line[2:].partition("  #")[0].strip() for line in block.splitlines() if line.startswith("$ ")]


def shell(command: str, here: Path, aws: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    path = f"{forks.folder()}:{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        ["bash", "-euc", command],
        cwd=here,
        env=environment(aws, {"PATH": path}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        check=False,
    )


@pytest.fixture
def served(emulator: Emulator) -> dict[str, str]:
    emulator.reset()
    return emulator.variables()


@dataclasses.dataclass
class Step:
    """A command of the tutorial, its exit code, and the lines that its output has."""

    command: str
    code: int = 0
    lines: list[str] = dataclasses.field(default_factory=list)


def steps(text: str) -> Iterator[Step]:
    for block in blocks(text, "console"):
        step = None
        for line in block.splitlines():
            if line.startswith("$ "):
                command, _, code = line[2:].partition("  # exit code ")
                if step:
                    yield step
                step = Step(command, int(code or 0))
            elif step:
                step.lines.append(line)
        if step:
            yield step


def test_the_tutorial_does_what_it_says(tmp_path: Path, served: dict[str, str]) -> None:
    """Every command but the first two, which install and serve."""
    install, serve, *rest = steps(TUTORIAL)
    assert install.command.startswith("pip ")
    assert serve.command == "org-bootstrap emulator"
    here = tmp_path
    for step in rest:
        if step.command.startswith("cd "):
            here /= step.command.removeprefix("cd ")
            continue
        done = shell(step.command, here, served)
        assert done.returncode == step.code, f"{step.command}: {done.stderr}"
        place = 0
        for line in step.lines:
            assert line in done.stdout[place:], f"{step.command}: {done.stdout}"
            place = done.stdout.index(line, place)
    assert len(rest) == 14


def test_the_two_commands_of_the_readme_are_those_of_the_makefile() -> None:
    first, _ = blocks(README, "console")
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    made = commands(first)
    assert made == ["make demo", "make test"]
    for command in made:
        assert f"\n{command.split()[1]}:" in makefile


@pytest.mark.emulator
def test_the_readme_does_what_it_says(tmp_path: Path) -> None:
    """Every command of it but pip's, which the test of the wheel runs."""
    _, use = blocks(README, "console")
    script = [command for command in commands(use) if not command.startswith("pip ")]
    assert len(script) == 5
    done = shell("\n".join(script), tmp_path, {})
    assert done.returncode == 0, done.stderr
    assert "Plan: 49 to create" in done.stdout
    assert "Applied: 49 created, 0 failed, 0 skipped." in done.stdout


def test_the_plan_in_the_readme_is_the_one_that_is_printed(tmp_path: Path, served: dict[str, str]) -> None:
    here: Any = {"here": tmp_path, "aws": served}
    succeed("init", **here)
    succeed("apply", **here)
    succeed("developer", "add", "carol", "--email", "aws+carol@example.com", "--owner", "carol@example.com", **here)
    printed = succeed("plan", **here).out
    (excerpt,) = blocks(README, "text")
    parts = excerpt.strip().split("\n…\n")
    assert len(parts) == 3
    places = [printed.index(part) for part in parts]
    assert places == sorted(places)
    bob = tmp_path / "account_specs" / "developers" / "bob.yaml"
    bob.write_text(bob.read_text("utf-8").replace("name: bob", "name: bob\n  state: closed"), "utf-8")
    blocked = run("plan", **here)
    assert blocked.code == 3
    (token,) = re.findall(r"`(--approve \S+)`", README)
    assert token in blocked.out


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= 45


def test_the_guardrail_of_the_how_to_passes_its_tests(tmp_path: Path) -> None:
    write_example(tmp_path)
    (guardrail,) = blocks(page("how-to/write-a-guardrail.md"), "yaml")
    (tmp_path / guardrail.partition("\n")[0].removeprefix("# ")).write_text(guardrail, "utf-8")
    assert "dynamodb.deny-deletion" in validate(tmp_path).guardrails


def test_the_account_of_the_how_to_is_closed(tmp_path: Path) -> None:
    write_example(tmp_path)
    (account,) = blocks(page("how-to/leave-move-offboard.md"), "yaml")
    (tmp_path / "account_specs" / "developers" / "bob.yaml").write_text(account, "utf-8")
    assert validate(tmp_path).accounts["developer-bob"].state == "closed"


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
    } - {"name", "failures"} | {"account_failures", "resource_failures", "rollback_failures"}


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


def verbs() -> Mapping[str, set[str]]:
    """The options of each verb, also of one in a group."""
    found: dict[str, set[str]] = {}

    def add(words: tuple[str, ...], command: Any) -> None:
        found[" ".join(words)] = {option for one in command.params for option in one.opts if option.startswith("-")}
        for name, inner in getattr(command, "commands", {}).items():
            add((*words, name), inner)

    add((), get_command(app))
    return found


VERBS = verbs()


def test_every_command_is_in_the_table_and_no_other() -> None:
    listed = re.findall(r"^\| `([a-z]+)(?: [^`]*)?` \| [^|]+ \| (?:yes|no) \|$", CLI_PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(verb for verb in VERBS if verb and " " not in verb)


def test_every_option_is_described() -> None:
    options = {option for found in VERBS.values() for option in found if option.startswith("--")} - {"--help"}
    assert {option for option in options if not re.search(rf"{option}\b", CLI_PAGE)} - {"--email", "--owner"} == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_command_of_a_page_has_its_options(path: Path) -> None:
    for block in blocks(path.read_text("utf-8"), "console"):
        for command in commands(block):
            for call in re.findall(r"org-bootstrap ([^&>|]+)", command):
                words = [word for word in shlex.split(call) if word != "--verbose"]
                verb = next(verb for verb in (" ".join(words[:2]), words[0]) if verb in VERBS)
                assert {word for word in words if word.startswith("-")} <= VERBS[verb], command


def test_every_approval_is_described() -> None:
    source = "".join(file.read_text("utf-8") for file in (REPOSITORY / "bootstrap").rglob("*.py"))
    acts = set(re.findall(r'\bapproval\(\s*"([a-z]+)"', source))
    described = set(re.findall(r"^\| .* \| `([a-z]+):[^|]*\|$", page("reference/approvals.md"), re.MULTILINE))
    assert acts == described


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8"))):
        if link.startswith("https:"):
            continue
        target = path.parent / link if link else path
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, anchor
