"""The JSON Schemas of the YAML files are up to date and agree with the models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap.spec.schema import schemas, write_schemas
from bootstrap.spec.source_file import SourceFile
from bootstrap.spec.yaml_parser import parse_yaml
from tests.spec.cases import BASE, HERE

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = HERE.parents[1]
FILES = [
    pytest.param(path, root, id=f"{path.relative_to(root)}")
    for root in (REPOSITORY, BASE)
    for folder in ("account_specs", "scps", "secrets_layout")
    for path in sorted((root / folder).rglob("[!.]*.yaml"))
]


def schema_of(path: Path, root: Path) -> str:
    """The name of the schema of a file."""
    folder, *_ = path.relative_to(root).parts
    if folder == "account_specs":
        return f"{folder}/.schemas/{'organization' if path.stem == 'organization' else 'account'}.json"
    return f"{folder}/.schemas/{'guardrail' if folder == 'scps' else 'secrets'}.json"


def errors(schema: str, value: object) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(schemas()[schema]))
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("name", schemas())
def test_the_schemas_in_the_repository_are_up_to_date(name: str) -> None:
    path = REPOSITORY / name
    written = path.read_text("utf-8") if path.exists() else ""
    assert written == schemas()[name], "run `python -m bootstrap.spec.schema`"


def test_writing_schemas_creates_their_folders(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")} == set(schemas())


@pytest.mark.parametrize("text", schemas().values(), ids=schemas().keys())
def test_every_schema_is_valid_and_describes_its_keys(text: str) -> None:
    schema = json.loads(text)
    pytest.importorskip("jsonschema").Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    assert text.count('"description"') > 5


@pytest.mark.parametrize(("path", "root"), FILES)
def test_the_schemas_accept_files_that_load(path: Path, root: Path) -> None:
    value = parse_yaml(SourceFile(path.name, path.read_text("utf-8"))).value
    assert errors(schema_of(path, root), value) == []


def test_the_schemas_reject_unknown_keys_and_invalid_names() -> None:
    account = {"name": "a", "email": "a@example.com", "owner": "a@example.com"}
    name = "account_specs/.schemas/account.json"
    assert errors(name, {"developer": account}) == []
    assert errors(name, {"developer": account | {"ownr": "x"}})
    assert errors(name, {"developer": account, "application": {}})
    application = {"name": "a", "owner": "a@example.com", "accounts": {"Beta": {"email": "a@example.com"}}}
    assert errors(name, {"application": application})
