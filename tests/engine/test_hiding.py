"""What may be a secret is not shown; what the YAML says itself is no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap import workflow
from bootstrap.hiding import HIDDEN, hide
from bootstrap.kinds import KINDS
from bootstrap.validation import validate
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from bootstrap.model import Json

KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def test_what_holds_a_value_or_looks_like_one_is_hidden() -> None:
    found = {
        "SecretString": "hunter2",
        "MasterUserPassword": {"Fn::Sub": "hunter3"},
        "Description": f"first line\nthe key is {KEY}",
        "PasswordLength": 32,
        "Name": "orders/database",
        "List": [KEY, True, None],
    }
    assert hide(found, {}) == {
        "SecretString": HIDDEN,
        "MasterUserPassword": {"Fn::Sub": HIDDEN},
        "Description": f"first line\nthe key is {'*' * len(KEY)}",
        "PasswordLength": 32,
        "Name": "orders/database",
        "List": ["*" * len(KEY), True, None],
    }


@pytest.mark.parametrize(
    "key", ["pw", "db_password", "Token", "team/api-key", "aws:PrincipalTag/password", "sts:ExternalId"]
)
def test_a_key_that_says_so_hides_its_value_wherever_it_stands(key: str) -> None:
    found: Json = {
        "StringEquals": {key: ["hunter2"]},
        "Tags": [{"Key": key, "Value": "hunter2"}],
        "Metadata": {key: "hunter2"},
    }
    assert "hunter2" not in str(hide(found, {}))
    assert hide(found, {"x": "hunter2"}) == found


@pytest.mark.parametrize("key", ["SecretOrdersDatabase", "secretsmanager:ResourceTag/team", "TokenValidity", "Key"])
def test_a_key_that_only_begins_so_hides_nothing(key: str) -> None:
    assert hide({key: "shown"}, {}) == {key: "shown"}


def test_what_the_yaml_says_is_shown() -> None:
    assert hide({"Description": KEY, "SecretString": "{}"}, ["{}", {"x": KEY}]) == {
        "Description": KEY,
        "SecretString": "{}",
    }
    assert hide([KEY.lower()], [KEY], str.upper) == [KEY.lower()]


def test_nothing_of_what_we_write_ourselves_looks_like_a_secret() -> None:
    """Or else a plan would take it for something that somebody changed."""
    for resource in workflow.desire(validate(REPOSITORY), KINDS).values():
        assert hide(resource.body, {}) == resource.body, resource.address
