"""A template as somebody wrote it: whatever it is, reading it ends well."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bootstrap.resources.baseline.template import is_retained, properties_of, read_template, type_of

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"V": "2012-10-17", "Arn": {"Fn::GetAtt": ["Other", "Arn"]}}}

YAML = """# by hand
Resources:
  A:
    Type: AWS::IAM::Role
    Properties: {V: 2012-10-17, Arn: !GetAtt Other.Arn}
"""


@pytest.mark.parametrize(
    "body",
    [
        {"Resources": {"A": ROLE}},
        json.dumps({"Resources": {"A": ROLE}}),
        YAML,
    ],
    ids=["read by boto3", "JSON", "YAML"],
)
def test_a_template_is_the_same_however_it_was_written(body: Any) -> None:
    assert read_template(body) == {"Resources": {"A": ROLE}}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nothing",
        "- a",
        "a: [",
        "? [a]\n: b",
        "&a [*a]",
        "Resources: !!set {A}",
        "Resources: {2020-01-01: a}",
        "Resources:",
        "Resources: [a]",
        {"Description": "no more"},
        [],
        None,
    ],
)
def test_what_is_no_template_is_empty(body: Any) -> None:
    assert read_template(body) == {}


def test_a_resource_is_asked_for_its_parts_whatever_it_is() -> None:
    assert (type_of(ROLE), properties_of(ROLE), is_retained(ROLE)) == ("AWS::IAM::Role", ROLE["Properties"], False)
    loop: Any = ["Name", ["a", "b"], {"${Name}": ROLE}]
    for odd in (None, loop, {}, {"Properties": None}, {"Properties": [], "DeletionPolicy": {"Ref": "Policy"}}):
        assert (type_of(odd), properties_of(odd), is_retained(odd)) == ("", {}, False)
    assert is_retained({"Type": "X", "DeletionPolicy": "Retain"})
