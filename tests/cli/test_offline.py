"""The verbs that need no AWS, as a new user meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bootstrap.workflow.example import FOLDERS
from bootstrap.workflow.generate import generate_files, write_files
from bootstrap.workflow.validate import validate
from tests.cli.command import run, succeed

if TYPE_CHECKING:
    from pathlib import Path

CAROL = ("developer", "add", "carol", "--email", "aws+carol@example.com", "--owner", "carol@example.com")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_user_writes_checks_extends_and_compiles_an_organization(tmp_path: Path) -> None:
    made = succeed("init", "acme", here=tmp_path)
    assert made.out.splitlines() == [f"+ acme/{folder}/" for folder in FOLDERS]
    assert made.err.endswith("org-bootstrap validate -C acme\n")
    assert succeed("validate", "-C", "acme", here=tmp_path).out.startswith("Valid: 6 accounts, 7 OUs")
    added = succeed(*CAROL, "-C", "acme", here=tmp_path)
    assert added.out == "+ acme/account_specs/developers/carol.yaml\n"
    assert added.err == "Next: org-bootstrap plan -C acme\n"
    valid = succeed("validate", "-C", "acme", here=tmp_path)
    assert valid.out.startswith("Valid: 7 accounts")
    assert set(valid.err.splitlines()) <= {"  still validating the YAML …"}, "and that only if it takes seconds"
    first = succeed("generate", "-C", "acme", "--out", "one", here=tmp_path, PYTHONHASHSEED="1")
    succeed("generate", "-C", "acme", "--out", "two", here=tmp_path, PYTHONHASHSEED="2")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(first.out.splitlines()) == {f"+ one/{path}" for path in contents(tmp_path / "one")}


def test_the_example_goes_where_one_stands_and_the_next_command_then_needs_no_folder(tmp_path: Path) -> None:
    assert succeed("init", here=tmp_path).err.endswith("then run: org-bootstrap validate\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FOLDERS)
    succeed("validate", here=tmp_path)


def test_the_next_command_can_be_copied_though_its_folder_has_a_space(tmp_path: Path) -> None:
    assert "validate -C 'my organization'" in succeed("init", "my organization", here=tmp_path).err


def test_an_example_beside_other_files_leaves_them_alone_but_never_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / "scps").mkdir()
    done = run("init", tmp_path)
    assert done.code == 1
    assert done.out == ""
    assert "scps already exists; nothing was written" in done.err
    assert "hint: use another folder" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "scps"]
    (tmp_path / "scps").rmdir()
    succeed("init", tmp_path)
    assert (tmp_path / "README.md").read_text() == "ours"


def test_a_place_that_cannot_be_written_is_named_with_a_hint(tmp_path: Path, organization: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    for words in (("init", file / "below"), ("generate", "-C", organization, "--out", file / "below")):
        done = run(*words)
        assert done.code == 1
        assert str(file) in done.err
        assert "hint: " in done.err


def test_a_mistake_in_the_yaml_is_told_with_its_place_its_line_and_a_hint(organization: Path) -> None:
    alice = organization / "account_specs" / "developers" / "alice.yaml"
    alice.write_text(alice.read_text("utf-8").replace("owner:", "ownr:"), "utf-8")
    for words in (("validate",), ("plan",), ("generate", "--out", "build"), CAROL):
        done = run(*words, "-C", organization)
        assert done.code == 1
        assert done.out == ""
        assert "account_specs/developers/alice.yaml:5:3: unknown key `ownr`" in done.err
        assert "5 |   ownr: alice@example.com" in done.err
        assert "hint: " in done.err


def test_a_developer_s_account_that_would_not_be_valid_is_not_written(organization: Path) -> None:
    before = contents(organization)
    for name, email in (("carol", "aws+alice@example.com"), ("Carol Smith", "aws+carol@example.com")):
        done = run("developer", "add", name, "--email", email, "--owner", "c@example.com", "-C", organization)
        assert done.code == 1
        assert "account_specs/developers/" in done.err
    assert contents(organization) == before


def test_a_folder_without_an_organization_says_how_to_get_one(tmp_path: Path) -> None:
    done = run("validate", "-C", tmp_path)
    assert done.code == 1
    assert f"{tmp_path}/account_specs/organization.yaml:1:1: file not found" in done.err
    assert "`org-bootstrap init` writes an example" in done.err
    nowhere = run("validate", "-C", "no where", here=tmp_path)
    assert nowhere.code == 1
    assert nowhere.err.startswith(
        "! error: folder no where does not exist\n  hint: create it with: org-bootstrap init 'no where'"
    )
    (tmp_path / "plan.json").write_text("{}", "utf-8")
    file = run("plan", "-C", "plan.json", here=tmp_path)
    assert (file.code, file.out) == (1, "")
    assert file.err.startswith(
        "! error: plan.json is not a folder\n  hint: pass the folder that contains account_specs/, "
    )


def test_one_wrong_file_hides_no_problem_of_another(organization: Path) -> None:
    """The places are as seen from where the command was typed."""

    def edit(name: str, old: str, new: str) -> None:
        path = organization / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    edit("account_specs/developers/bob.yaml", "aws+bob@", "aws+alice@")
    edit("scps/org-deny-leave.yaml", "expect: deny", "expect: allow")
    told = run("validate", "-C", organization.name, here=organization.parent).err
    assert f"{organization.name}/account_specs/developers/bob.yaml:4:10: the e-mail address is already used by" in told
    assert "expected allow, got deny by" in told
    assert " | " in told.partition("got deny by")[2], "the line itself"
    edit("account_specs/organization.yaml", "home_region", "home_regoin")
    told = run("validate", "-C", organization).err
    assert "unknown key `home_regoin`" in told
    assert "bob.yaml:4:10: the e-mail address is already used by" in told


def test_the_index_names_the_guardrail_and_the_file_of_everything_generated(organization: Path, tmp_path: Path) -> None:
    spec = validate(organization)
    out = tmp_path / "build"
    write_files(generate_files(spec), out)
    index = json.loads((out / "index.json").read_text("utf-8"))
    listed = [item["file"] for item in (*index["policies"], *index["baselines"])]
    assert sorted([*listed, "index.json"]) == sorted(contents(out))
    for policy in index["policies"]:
        assert policy["guardrail"] in spec.guardrails
        assert policy["from"].startswith("scps/")
        text = json.loads((out / policy["file"]).read_text("utf-8"))
        assert text["Version"] == "2012-10-17"
    assert {item["account"] for item in index["baselines"]} == set(spec.accounts) - {"tooling", "security"}
    for baseline in index["baselines"]:
        assert "Resources" in json.loads((out / baseline["file"]).read_text("utf-8"))


def test_generating_again_removes_what_the_yaml_no_longer_asks_for(organization: Path, tmp_path: Path) -> None:
    out = tmp_path / "build"
    write_files(generate_files(validate(organization)), out)
    (organization / "account_specs" / "developers" / "bob.yaml").unlink()
    write_files(generate_files(validate(organization)), out)
    assert not (out / "baselines" / "developer-bob").exists()
    assert len(list((out / "baselines" / "developer-alice").glob("*.json"))) == 2


def test_nothing_is_generated_into_a_folder_of_somebody_else_s(organization: Path, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "index.json").write_text('{"policies": "mine"}')
    done = run("generate", "-C", organization, "--out", tmp_path / "build")
    assert done.code == 1
    assert "`generate` did not write it" in done.err
    assert contents(tmp_path / "build") == {"index.json": b'{"policies": "mine"}'}
