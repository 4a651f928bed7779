"""What GitHub and GitLab are given to run, looked at by the linters and schemas that others keep for them.

actionlint is not among them: from a package registry it comes as an installer that downloads it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import BOUND_S
from tests.conftest import REPOSITORY
from tests.docs.test_docs import CI_PAGES, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

WORKFLOW = Path(".github") / "workflows" / "organization.yml"
TITLE = "echo ${{ github.event.pull_request.title }}"
EDITS: dict[str, Callable[[str], str]] = {
    "code that can be moved": lambda text: text.replace(f"org-bootstrap@{'0' * 40}", "org-bootstrap@main", 1),
    "text that runs": lambda text: text.replace("trailers='", f"{TITLE}\n          trailers='"),
    "a token that stays": lambda text: text.replace("with: {persist-credentials: false}", "", 1),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the workflow of the page, and the action beside it."""
    workflow, _, include = blocks(CI_PAGES, "yaml")
    (tmp_path / WORKFLOW).parent.mkdir(parents=True)
    (tmp_path / WORKFLOW).write_text(workflow.replace("@COMMIT", f"@{'0' * 40}"), "utf-8")
    (tmp_path / ".gitlab-ci.yml").write_text(include, "utf-8")
    shutil.copy(REPOSITORY / "action.yml", tmp_path)
    shutil.copytree(REPOSITORY / "ci", tmp_path / "ci")
    return tmp_path


def look(tool: str, *words: str, here: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name(tool), *words],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        check=False,
    )


def test_zizmor_finds_nothing_in_the_action_and_the_workflow_of_the_page(repository: Path) -> None:
    done = look("zizmor", "--offline", ".", here=repository)
    assert done.returncode == 0, done.stdout
    for file in ("action.yml", WORKFLOW.as_posix()):
        assert f"completed ./{file}" in done.stderr


def test_nothing_is_found_in_the_workflows_of_this_repository() -> None:
    files = sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / ".github").rglob("*.yml"))
    assert files == [".github/workflows/nightly.yml", ".github/workflows/test.yml"]
    assert look("zizmor", "--offline", *files, here=REPOSITORY).returncode == 0
    assert (
        look("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files, here=REPOSITORY).returncode == 0
    )


@pytest.mark.parametrize("edit", EDITS)
def test_it_would_find(edit: str, repository: Path) -> None:
    before = (repository / WORKFLOW).read_text("utf-8")
    after = EDITS[edit](before)
    assert after != before
    (repository / WORKFLOW).write_text(after, "utf-8")
    assert look("zizmor", "--offline", ".", here=repository).returncode > 10  # 11 to 14: findings, by severity


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (WORKFLOW.as_posix(), "vendor.github-workflows"),
        ("action.yml", "vendor.github-actions"),
        (".gitlab-ci.yml", "vendor.gitlab-ci"),
        ("ci/gitlab.yml", "vendor.gitlab-ci"),
    ],
)
def test_each_file_is_as_the_schemas_of_github_and_gitlab_say(file: str, schema: str, repository: Path) -> None:
    def check() -> subprocess.CompletedProcess[str]:
        transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
        return look("check-jsonschema", "--builtin-schema", schema, *transform, file, here=repository)

    done = check()
    assert done.returncode == 0, done.stdout
    path = repository / file
    path.write_text(path.read_text("utf-8") + "\nruns: 7\njobs: 7\nstages: 7\n", "utf-8")
    assert check().returncode != 0
