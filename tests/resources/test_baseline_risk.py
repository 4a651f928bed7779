"""How closely a reviewer should look at a change of a baseline: at what goes away, and at what may change rights."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.engine.plan import Change, Risk
from bootstrap.model.resource import Resource
from bootstrap.resources.baseline.kind import BaselineKind
from bootstrap.spec.load import load
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

KIND = BaselineKind()
BETA = next(found for found in KIND.desired(load(REPOSITORY)) if found.address.name == "orders-beta")
SECRET, POLICY, ROLE = "SecretOrdersDatabase", "PermissionsBoundary", "DeployRole"
Resources = dict[str, Any]


def edited(edit: Callable[[Any], object]) -> Resource:
    body: Any = copy.deepcopy(BETA.body)
    edit(body)
    assert body != BETA.body
    return Resource(BETA.address, body)


def risk(before: Resource | None, after: Resource | None) -> Risk:
    return KIND.risk(Change(BETA.address, before, after))


def in_resources(edit: Callable[[Resources], object]) -> Callable[[Any], object]:
    return lambda body: edit(body["resources"])


def in_properties(logical_id: str, **properties: Any) -> Callable[[Any], object]:
    return in_resources(lambda found: found[logical_id]["Properties"].update(properties))


@pytest.mark.parametrize(
    "edit",
    [
        in_properties(SECRET, Description="another word"),
        in_properties(SECRET, Tags=[]),
        in_properties("MonthlyBudget", Budget={"BudgetLimit": {"Amount": 60}}),
        in_properties(ROLE, Description="another word", Tags=[]),
        lambda body: body["stacks"].update({"org-bootstrap-baseline": "UPDATE_ROLLBACK_COMPLETE"}),
    ],
    ids=["a secret's description", "a secret's tags", "a budget", "a role's description and tags", "a stack's state"],
)
def test_what_changes_nobodys_rights_is_of_low_risk(edit: Callable[[Any], object]) -> None:
    assert risk(BETA, edited(edit)) is risk(edited(edit), BETA) is Risk.LOW


@pytest.mark.parametrize(
    "edit",
    [
        in_properties(ROLE, AssumeRolePolicyDocument={"Statement": []}),
        in_properties(ROLE, MaxSessionDuration=43200),
        in_properties(POLICY, PolicyDocument={"Statement": []}),
        in_resources(lambda found: found[POLICY].update(Metadata={"a": "b"})),
        in_properties(SECRET, Name="orders/other"),
        in_resources(lambda found: found[SECRET].update(Type="AWS::IAM::User")),
        lambda body: body.update(region="us-east-1"),
    ],
    ids=["trust", "session", "policy", "whatever else", "a secret's name", "another type", "another region"],
)
def test_what_may_change_rights_is_looked_at_closely(edit: Callable[[Any], object]) -> None:
    assert risk(BETA, edited(edit)) is risk(edited(edit), BETA) is Risk.MEDIUM


@pytest.mark.parametrize(
    ("logical_id", "when_made"),
    [(SECRET, Risk.LOW), ("MonthlyBudget", Risk.LOW), (POLICY, Risk.MEDIUM), (ROLE, Risk.MEDIUM)],
)
def test_whatever_goes_away_is_looked_at_closely_and_of_what_comes_the_rights(logical_id: str, when_made: Risk) -> None:
    without = edited(in_resources(lambda found: found.pop(logical_id)))
    assert risk(BETA, without) is Risk.MEDIUM
    assert risk(without, BETA) is when_made


def test_a_baseline_that_goes_is_looked_at_closely() -> None:
    assert (risk(None, BETA), risk(BETA, None)) == (Risk.LOW, Risk.MEDIUM)
