"""What may be a secret is not shown; what the YAML says itself is no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bootstrap import workflow
from bootstrap.policy.types import by_sid
from bootstrap.resources.registry import KINDS
from bootstrap.secrecy.mask import HIDDEN, mask_name, mask_secrets, mask_text
from bootstrap.workflow.validate import validate
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from bootstrap.model.resource import Json

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
    assert mask_secrets(found, {}) == {
        "SecretString": HIDDEN,
        "MasterUserPassword": {"Fn::Sub": HIDDEN},
        "Description": f"first line\nthe key is {'*' * len(KEY)}",
        "PasswordLength": 32,
        "Name": "orders/database",
        "List": ["*" * len(KEY), True, None],
    }


@pytest.mark.parametrize(
    "key",
    [
        *("pw", "db_password", "Token", "team/api-key", "aws:PrincipalTag/password", "sts:ExternalId"),
        *("ClientSecret", "clientSecret", "SecretToken", "PreSharedKey", "OauthToken", "AccessToken", "SecretKey"),
        *("PGPASSWORD", "DB_PASS", "MYSQL_ROOT_PASSWORD", "aws_secret_access_key", "password_of_production"),
    ],
)
@pytest.mark.parametrize("value", ["hunter2", 1234567890])
def test_a_key_that_says_so_hides_its_value_wherever_it_stands(key: str, value: Json) -> None:
    found: Json = {
        "StringEquals": {key: [value]},
        "Tags": [{"Key": key, "Value": value}],
        "Environment": [{"Name": key, "Value": value}],
        "Metadata": {key: value},
        "Default": {key: {"Type": "String", "Default": value}},
        "Text": json.dumps({key: value}),
    }
    assert str(value) not in str(mask_secrets(found, {}))
    assert mask_secrets(found, {"x": value, "y": "String"}) == found


@pytest.mark.parametrize(
    "key",
    [
        *("secretsmanager:ResourceTag/team", "TokenValidity", "Key", "PassRole", "bypass", "PasswordPolicy"),
        *("SecretArn", "SecretId", "SecretName", "NextToken", "KmsKeyId", "PasswordLength", "aws:TokenIssueTime"),
        *("token.actions.githubusercontent.com:sub", "TokenValidityUnits", "Tokens/Url"),
        "arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-a1b2-pwd4e5f6",
    ],
)
def test_a_key_that_only_tells_of_a_secret_hides_nothing(key: str) -> None:
    assert mask_secrets({key: "shown"}, {}) == {key: "shown"}


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Password"},
        {"Fn::GetAtt": ["Database", "MasterUserSecret"]},
        {"Fn::Sub": "{{resolve:secretsmanager:orders/database:SecretString:password}}"},
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/database",
        True,
        None,
    ],
)
def test_what_says_where_a_value_is_or_cannot_be_one_is_shown(value: Json) -> None:
    assert mask_secrets({"MasterUserPassword": value}, {}) == {"MasterUserPassword": value}


def test_a_thing_that_is_called_like_a_secret_is_shown() -> None:
    statement: Json = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    resource: Json = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "orders", "DbPassword": "hunter2"}}
    assert mask_secrets({"KeepTokens": statement, "SecretOrders": resource}, {}) == {
        "KeepTokens": statement,
        "SecretOrders": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "orders", "DbPassword": HIDDEN}},
    }


def test_the_template_of_a_value_is_shown_but_for_what_the_yaml_would_not_take_either() -> None:
    def rule(template: str) -> Json:
        return {"GenerateSecretString": {"GenerateStringKey": "password", "SecretStringTemplate": template}}

    assert mask_secrets(rule('{"username":"orders"}'), {}) == rule('{"username":"orders"}')
    assert mask_secrets(rule('{"username":"orders","password":"hunter2"}'), {}) == rule(
        '{"username": "orders", "password": "(hidden)"}'
    )
    assert mask_secrets(rule("hunter2"), {}) == rule(HIDDEN)
    assert mask_secrets(rule("hunter2"), rule("hunter2")) == rule("hunter2")


def test_what_the_yaml_says_is_shown() -> None:
    assert mask_secrets({"Description": KEY, "SecretString": "{}"}, ["{}", {"x": KEY}]) == {
        "Description": KEY,
        "SecretString": "{}",
    }
    assert mask_secrets([KEY.lower()], [KEY], str.upper) == [KEY.lower()]


def test_nothing_of_what_we_write_ourselves_looks_like_a_secret() -> None:
    """Or else a plan would take it for something that somebody changed."""
    for resource in workflow.desire(validate(REPOSITORY), KINDS).values():
        assert mask_secrets(resource.body, {}) == resource.body, resource.address


def test_a_key_that_the_yaml_does_not_have_is_hidden_and_none_gets_lost() -> None:
    other, stars = KEY[:-1] + "X", "*" * len(KEY)
    found = {KEY: {"Sid": KEY, "Effect": "Deny"}, other: 2, "A": 3, stars: 4, f"{stars}#2": 5}
    shown = {f"{stars}#3": {"Sid": f"{stars}#3", "Effect": "Deny"}, f"{stars}#4": 2, "A": 3, stars: 4, f"{stars}#2": 5}
    assert mask_secrets({"resources": found}, {}) == {"resources": shown}
    assert mask_secrets(dict(reversed(found.items())), {}) == shown
    assert mask_secrets(shown, {}) == shown
    assert mask_secrets({KEY: 1, other: 2}, [{"x": {KEY: 1}}]) == {KEY: 1, stars: 2}
    assert mask_secrets(json.dumps({KEY: 1}), {}) == json.dumps({stars: 1})


def test_statements_with_secrets_in_their_sids_are_told_apart_once_masked() -> None:
    sids = (KEY, "A", KEY[:-1] + "X")
    found = by_sid([{"Sid": sid, "Effect": "Deny"} for sid in sids])
    assert list(found) == list(sids)
    shown = mask_secrets(found, {})
    assert isinstance(shown, dict)
    assert set(shown) == {"*" * len(KEY), f"{'*' * len(KEY)}#2", "A"}
    # As a snapshot has the policy, and a plan from it reads it.
    statements = json.loads(mask_text(json.dumps(list(found.values()))))
    assert by_sid(statements) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"Workloads/{KEY}/Beta", f"Workloads/{'*' * len(KEY)}/Beta"),
        ("https://soc:hunter2" + "@soc.example.com", "*" * 35),
        ("region.limit@Workloads/Developers", "region.limit@Workloads/Developers"),
        ("aws+alice@example.com", "aws+alice@example.com"),
    ],
)
def test_a_name_or_path_is_masked_part_by_part_and_whole(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_the_digest_of_a_plan_is_no_secret() -> None:
    digest = f"{'0a1b2c3d' * 4}-{'4e5f6a7b' * 2}-{'8c9d0e1f' * 2}"
    assert mask_text(f"its digest is {digest}") == f"its digest is {digest}"


def test_a_secret_within_a_text_is_hidden() -> None:
    lines = ("#!/bin/sh", "export DB_PASSWORD=hunter2", "curl -H 'Authorization: Bearer hunter2'", "Password=hunter2;")
    found: Json = {"UserData": {"Fn::Sub": "\n".join(lines)}, "Condition": {"StringLike": {"a": "password=hunter2"}}}
    shown = "\n".join(line.replace("hunter2", "*" * 7) for line in lines)
    assert mask_secrets(found, {}) == {
        "UserData": {"Fn::Sub": shown},
        "Condition": {"StringLike": {"a": "password=*******"}},
    }
    assert mask_secrets(found, ["\n".join(lines), "password=hunter2"]) == found
