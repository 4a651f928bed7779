"""Of what drifted inside an account, a reader sees what differs, and no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bootstrap.aws.inside import USUAL_SESSION_S, Inside, Role
from bootstrap.inspection import inspect
from bootstrap.model import Address

if TYPE_CHECKING:
    from bootstrap.plan import Finding

ACCOUNT = "111122223333"
CI: dict[str, Any] = {
    "Sid": "Ci",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
}


def findings(*statements: Any, inline: dict[str, Any] | None = None) -> list[Finding]:
    """What is told of a role that was made with one statement, and has these."""
    wanted = {"RoleName": "Deploy", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [CI]}}
    trust = {"Version": "2012-10-17", "Statement": list(statements) if len(statements) != 1 else statements[0]}
    inside = Inside({"Deploy": Role(trust, inline or {}, frozenset(), "", USUAL_SESSION_S)}, {}, frozenset(), {})
    return list(
        inspect(Address("baseline", "a"), {"Role": {"Type": "AWS::IAM::Role", "Properties": wanted}}, inside, ACCOUNT)
    )


def test_what_means_the_same_is_no_drift() -> None:
    assert findings({**CI, "Action": ["sts:TagSession", "sts:AssumeRole"], "Effect": ["Allow"]}) == []


def test_only_the_statements_that_differ_are_told() -> None:
    other = {**CI, "Sid": "Other", "Action": "sts:AssumeRole"}
    (come,) = findings(CI, other)
    assert (come.what, come.wanted, json.loads(come.found)) == ("its trust was changed", "", other)
    (changed,) = findings({**CI, "Action": "sts:AssumeRole"})
    assert json.loads(changed.wanted)["Action"] == CI["Action"]
    assert json.loads(changed.found)["Action"] == "sts:AssumeRole"
    (version,) = findings(CI, inline={"more": {"Statement": [other]}})
    assert (version.what, version.wanted) == ("it has a policy more: more", "")
    assert json.loads(version.found) == {"Statement": other}


def test_what_a_third_party_is_told_by_is_not_shown() -> None:
    secret = {**CI, "Sid": "Other", "Condition": {"StringEquals": {"sts:ExternalId": "hunter2"}}}
    (trust,) = findings(CI, secret)
    (trust_and, inline) = findings(CI, secret, inline={"more": {"Statement": [secret]}})
    assert trust == trust_and
    for found in (trust, inline):
        assert "(hidden)" in found.found
        assert "hunter2" not in str(found)
