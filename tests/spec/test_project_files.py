"""Folders, links and files that cannot be read: each is a problem, and loading never hangs."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from bootstrap.model.errors import SpecError
from bootstrap.spec.load import load

ANYBODY = 65534


def problems_in(directory: Path) -> list[str]:
    """The problems, each as `file: message`."""
    with pytest.raises(SpecError) as caught:
        load(directory)
    return [f"{problem.file}: {problem.message}" for problem in caught.value.problems]


def test_a_missing_organization_file_is_a_problem(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SpecError) as caught:
            load(directory)
        (problem,) = caught.value.problems
        assert problem.file == "account_specs/organization.yaml"
        assert "org-bootstrap init" in problem.hint


def test_an_organization_alone_is_enough(project: Path) -> None:
    for folder in ("account_specs/developers", "account_specs/applications", "secrets_layout"):
        shutil.rmtree(project / folder)
    assert set(load(project).accounts) == {"tooling"}


def test_names_that_start_with_a_dot_are_ignored(project: Path) -> None:
    (project / "account_specs/.schemas").mkdir()
    (project / "account_specs/.schemas/x.yaml").write_text("nonsense")
    (project / "account_specs/.x.yaml").write_text("nonsense")
    (project / "account_specs/README.md").write_text("nonsense")
    assert load(project).accounts


def test_misnamed_files_and_folders_are_problems(project: Path) -> None:
    (project / "account_specs/developers/bob.yaml.bak").write_text("nonsense")
    (project / "scps/region.json").write_text("{}")
    (project / "secrets_layout").rename(project / "secret_layout")
    (project / "notes").mkdir()
    assert problems_in(project) == [
        "account_specs/developers/bob.yaml.bak: ignored: the name does not end in `.yaml`",
        "scps/region.json: ignored: the name does not end in `.yaml`",
        "secret_layout: the folder is ignored",
    ]


def test_yml_and_deeper_folders_are_read(project: Path) -> None:
    source = project / "account_specs/developers/alice.yaml"
    (project / "account_specs/a/b").mkdir(parents=True)
    source.rename(project / "account_specs/a/b/alice.yml")
    assert "developer-alice" in load(project).accounts


def test_broken_and_circular_links_are_problems(project: Path) -> None:
    folder = project / "account_specs"
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "nowhere.yaml").symlink_to("missing.yaml")
    (folder / "around").symlink_to(folder, target_is_directory=True)
    assert problems_in(project) == [
        "account_specs/around: ignored: links to folders are not followed",
        "account_specs/loop.yaml: the file cannot be read: too many levels of symbolic links",
        "account_specs/nowhere.yaml: the file cannot be read: no such file or directory",
    ]


def test_folders_and_pipes_named_like_yaml_files_are_problems(project: Path) -> None:
    (project / "scps/folder.yaml").mkdir()
    os.mkfifo(project / "scps/pipe.yaml")
    assert problems_in(project) == [
        "scps/folder.yaml: a folder with the name of a YAML file",
        "scps/pipe.yaml: not a regular file",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_unreadable_files_and_folders_are_problems(project: Path) -> None:
    outside = Path(tempfile.mkdtemp())
    try:
        directory = shutil.copytree(project, outside / "project")
        outside.chmod(0o755)
        (directory / "scps").chmod(0)
        (directory / "account_specs/developers/alice.yaml").chmod(0)
        os.seteuid(ANYBODY)
        try:
            problems = problems_in(directory)
        finally:
            os.seteuid(0)
    finally:
        shutil.rmtree(outside)
    assert problems == [
        "account_specs/developers/alice.yaml: the file cannot be read: permission denied",
        "scps: the folder cannot be read: permission denied",
    ]


def test_unprintable_bytes_of_a_file_name_are_replaced(project: Path) -> None:
    Path(os.fsdecode(os.fsencode(project) + b"/scps/\xff\x1b.yaml")).write_text("nonsense")
    (message,) = problems_in(project)
    assert message.isprintable()
    assert message.startswith("scps/")
