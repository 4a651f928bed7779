"""Drift inside an account: what differs from the template, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bootstrap.model.resource import Address
from bootstrap.resources.account.identities import DEFAULT_SESSION_S, Role
from bootstrap.resources.baseline.drift import NOT_COMPARABLE, Contents, compare

if TYPE_CHECKING:
    from bootstrap.engine.plan import Finding

ACCOUNT = "111122223333"
CI: dict[str, Any] = {
    "Sid": "Ci",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
}


def role_of(statement: Any) -> Any:
    """A role of a template."""
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "Deploy", "AssumeRolePolicyDocument": trust}}


def with_role(*statements: Any, inline: dict[str, Any] | None = None) -> Contents:
    """An account that has it."""
    trust = {"Version": "2012-10-17", "Statement": list(statements) if len(statements) != 1 else statements[0]}
    return Contents({"Deploy": Role(trust, inline or {}, frozenset(), "", DEFAULT_SESSION_S)}, {}, frozenset(), {})


def findings(*statements: Any, inline: dict[str, Any] | None = None) -> list[Finding]:
    """What is told of a role that was made with one statement, and has these."""
    inside = with_role(*statements, inline=inline)
    return list(compare(Address("baseline", "a"), {"Role": role_of(CI)}, inside, ACCOUNT))


def test_what_means_the_same_is_no_drift() -> None:
    assert findings({**CI, "Action": ["sts:TagSession", "sts:AssumeRole"], "Effect": ["Allow"]}) == []


def test_only_the_statements_that_differ_are_told() -> None:
    other = {**CI, "Sid": "Other", "Action": "sts:AssumeRole"}
    (come,) = findings(CI, other)
    assert (come.what, come.wanted, json.loads(come.found)) == ("its trust policy was changed", "", other)
    (changed,) = findings({**CI, "Action": "sts:AssumeRole"})
    assert json.loads(changed.wanted)["Action"] == CI["Action"]
    assert json.loads(changed.found)["Action"] == "sts:AssumeRole"
    (version,) = findings(CI, inline={"more": {"Statement": [other]}})
    assert (version.what, version.wanted) == ("the inline policy more was added", "")
    assert json.loads(version.found) == {"Statement": other}


def test_what_somebody_else_wrote_into_a_stack_hides_nothing() -> None:
    """As anybody may write it: none of it must end the look at the rest."""
    role: dict[str, Any] = {"RoleName": "Gone", "AssumeRolePolicyDocument": {"Statement": [CI]}}
    resources: dict[str, Any] = {
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Loop": ["Fn::ForEach"],
        "Nameless": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {}}},
        "Joined": {"Type": "AWS::IAM::Role", "Properties": {**role, "RoleName": {"Fn::Join": ["", ["a"]]}}},
        "OfItsOwn": {"Type": "AWS::IAM::Role", "Properties": {**role, "RoleName": {"Fn::Sub": "${Table.Arn}"}}},
        "Elsewhere": {"Type": "AWS::IAM::Role", "Properties": {**role, "RoleName": {"Ref": "AWS::Region"}}},
        "Budget": {"Type": "AWS::Budgets::Budget", "Properties": {"Budget": {"BudgetName": "b"}}},
        "Text": {"Type": "AWS::Budgets::Budget", "Properties": {"Budget": "b"}},
        "Gone": {"Type": "AWS::IAM::Role", "Properties": role},
    }
    inside = Contents({}, {}, frozenset(), {})
    found = {each.part: each.what for each in compare(Address("baseline", "a"), resources, inside, ACCOUNT)}
    parts = ("Nameless", "Policy", "Joined", "OfItsOwn", "Elsewhere", "Budget", "Text")
    assert found == dict.fromkeys(parts, NOT_COMPARABLE) | {"Gone": "the role Gone was deleted"}
