"""The file of a new developer: it parses to the given values, or it is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.model.errors import SpecError
from bootstrap.spec.developer_file import _create, add_developer, developer_file
from bootstrap.spec.load import load
from bootstrap.spec.source_file import SourceFile
from bootstrap.spec.yaml_parser import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"))


def refused(directory: Path, name: str, email: str = "aws+x@example.com", environment: str | None = None) -> str:
    """The problems for which nothing was written. The folder is as before."""
    before = sorted(directory.rglob("*"))
    with pytest.raises(SpecError) as caught:
        add_developer(directory, name, email, "x@example.com", environment)
    assert sorted(directory.rglob("*")) == before
    return "\n".join(f"{one.file}:{one.line}:{one.column}: {one.message}" for one in caught.value.problems)


def test_plain_values_are_not_quoted() -> None:
    path, text = developer_file("carol", "aws+carol@example.com", "carol@example.com")
    assert path == "account_specs/developers/carol.yaml"
    assert text == (
        "# yaml-language-server: $schema=../.schemas/account.json\n"
        "developer:\n  name: carol\n  email: aws+carol@example.com\n  owner: carol@example.com\n"
    )


@given(name=TEXT, email=TEXT, owner=TEXT, environment=st.none() | TEXT)
def test_any_text_parses_to_itself(name: str, email: str, owner: str, environment: str | None) -> None:
    _, text = developer_file(name, email, owner, environment)
    wanted = {"name": name, "email": email, "owner": owner}
    if environment is not None:
        wanted["environment"] = environment
    assert parse_yaml(SourceFile("x.yaml", text)).value == {"developer": wanted}


@pytest.mark.parametrize(
    "name",
    [
        "no",
        "true",
        "null",
        "1e3",
        "0736",
        "~",
        "a: b",
        "- a",
        "#",
        "it's",
        'a"b',
        "",
        "\U0001f600",
        "\x85",
        "\u2028",
    ],
)
def test_words_that_are_not_strings_in_yaml_are_quoted(name: str) -> None:
    _, text = developer_file(name, "x", "x")
    assert '  name: "' in text


def test_an_added_developer_has_an_account(project: Path) -> None:
    organization = project / "account_specs/organization.yaml"
    text = organization.read_text("utf-8")
    organization.write_text(text.replace("  beta:\n", "  lab: {ou: Infrastructure}\n  beta:\n"), "utf-8")
    path = add_developer(project, "no", "aws+no@example.com", "no@example.com", "lab")
    assert path == project / "account_specs/developers/no.yaml"
    assert load(project).accounts["lab-no"].email == "aws+no@example.com"
    assert [one.name for one in sorted(path.parent.iterdir())] == ["alice.yaml", "no.yaml"]


def test_the_first_developer_makes_the_folder(project: Path) -> None:
    (project / "account_specs/developers/alice.yaml").unlink()
    (project / "account_specs/developers").rmdir()
    assert add_developer(project, "carol", "aws+carol@example.com", "carol@example.com").is_file()


def test_an_existing_file_is_not_overwritten(project: Path) -> None:
    assert refused(project, "alice") == ("account_specs/developers/alice.yaml:1:1: the file already exists")


def test_a_file_created_after_the_checks_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "carol.yaml"
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        _create(path, "text")
    assert [one.name for one in tmp_path.iterdir()] == ["carol.yaml"]
    assert path.is_symlink()


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "", "Alice", "a/b", "a\n", "..", "a\0", "\udcff"])
def test_an_invalid_name_never_becomes_a_path(name: str, project: Path) -> None:
    assert ":3:" in refused(project, name)


def test_a_developer_that_breaks_a_check_is_not_written(project: Path) -> None:
    file = "account_specs/developers/carol.yaml"
    assert refused(project, "carol", "AWS+alice@example.com").startswith(
        f"{file}:4:10: the e-mail address is already used"
    )
    assert refused(project, "carol", "carol").startswith(f"{file}:4:10: ")
    assert refused(project, "carol", environment="gamma") == f"{file}:6:16: unknown environment `gamma`"


def test_an_unwritable_folder_is_a_problem(project: Path) -> None:
    folder = project / "account_specs/developers"
    (folder / "alice.yaml").unlink()
    folder.rmdir()
    folder.write_text("in the way")
    assert refused(project, "carol").startswith("account_specs/developers/carol.yaml:1:1: ")
