"""The JSON Schemas of what the tool writes: fresh, and true of what it writes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from bootstrap.engine.plan import Cause, Finding, Inaccessible, Unmanaged
from bootstrap.model.resource import Address
from bootstrap.planfile import describe, text
from bootstrap.render.drift import describe_drift
from bootstrap.workflow.schemas import schemas
from tests.conftest import REPOSITORY
from tests.planfile.test_verify import AFTER, BEFORE, review

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize("name", schemas())
def test_the_schemas_in_the_repository_are_fresh(name: str) -> None:
    path = REPOSITORY / name
    written = path.read_text("utf-8") if path.exists() else ""
    assert written == schemas()[name], "run `make schemas`"


def test_what_drifted_is_as_its_schema_says() -> None:
    drifted = review(BEFORE, AFTER)
    changes = tuple(replace(change, cause=Cause.DRIFT) for change in drifted.plan.changes)
    unmanaged = (Unmanaged(Address("policy", "theirs"), "new", new=True), Unmanaged(Address("policy", "old"), "known"))
    drifted = replace(drifted, plan=replace(drifted.plan, changes=changes, unmanaged=unmanaged))
    finding = Finding(Address("baseline", "alice"), "DeployRole", "its trust was changed", "this", "that")
    schema: Mapping[str, Any] = json.loads(schemas()["docs/drift.schema.json"])
    validator = jsonschema.Draft202012Validator(schema)
    file = json.loads(describe_drift(drifted, [finding], [Inaccessible(Address("account", "bob"), "no way in")]))
    validator.validate(file)
    assert (len(file["changes"]), len(file["inside"])) == (len(changes), 1)
    assert file["unmanaged"] == [{"address": "policy:theirs", "detail": "new"}]
    assert file["inaccessible"] == [{"address": "account:bob", "detail": "no way in"}]
    for key in schema["required"]:
        assert not validator.is_valid({name: value for name, value in file.items() if name != key})
    assert not validator.is_valid({**file, "inside": [{**file["inside"][0], "more": ""}]})
    assert set(schema["properties"]) == set(file)


def test_a_plan_s_file_is_as_its_schema_says() -> None:
    schema: Mapping[str, Any] = json.loads(schemas()["docs/plan.schema.json"])
    validator = jsonschema.Draft202012Validator(schema)
    file = json.loads(text(describe(review(BEFORE, AFTER))))
    validator.validate(file)
    for key in schema["required"]:
        assert not validator.is_valid({name: value for name, value in file.items() if name != key})
    assert set(schema["properties"]) == set(file)
