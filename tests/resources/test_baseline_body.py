"""What the stacks of an account hold, as one body, and what of it is said in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.baseline.body import body_of, resources_of, template_of, worded_as

if TYPE_CHECKING:
    from bootstrap.model.resource import Json

TAGS: list[Json] = [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}]


def of(kind: str, **properties: Json) -> dict[str, Json]:
    return {"Type": kind, "Properties": properties}


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        (of("AWS::SecretsManager::Secret", Tags=TAGS), of("AWS::SecretsManager::Secret", Tags=TAGS[::-1]), True),
        (of("AWS::SecretsManager::Secret", Tags=TAGS), of("AWS::SecretsManager::Secret", Tags=TAGS[:1]), False),
        (of("AWS::SecretsManager::Secret", Tags=TAGS), of("AWS::SecretsManager::Secret", Name="x", Tags=TAGS), False),
        (of("AWS::Budgets::Budget", Notified=["a", "b"]), of("AWS::Budgets::Budget", Notified=["b", "a"]), False),
        (of("AWS::IAM::Role", Paths=["a", "b"]), of("AWS::IAM::Role", Paths=["b", "a"]), True),
        (of("AWS::SecretsManager::Secret", Tags={"Fn::If": TAGS}), of("AWS::SecretsManager::Secret", Tags=TAGS), False),
    ],
)
def test_what_says_the_same_is_in_the_words_of_what_is_wanted(
    found: dict[str, Json], wanted: dict[str, Json], *, same: bool
) -> None:
    have = Resource(Address("baseline", "a"), {"region": "eu-west-1", "stacks": {}, "resources": {"It": found}})
    told = worded_as({"It": wanted}, have)
    assert resources_of(told) == {"It": wanted if same else found}


def test_a_resource_that_stands_in_another_stack_than_its_own_is_told_with_it_and_put_back() -> None:
    role, budget = of("AWS::IAM::Role"), of("AWS::Budgets::Budget")
    templates = {
        BASELINE_STACK: {"Description": "one", "Resources": {"Role": role, "Budget": budget}},
        BUDGET_STACK: {"Description": "two", "Resources": {"Budget": budget, "Role": role}},
    }
    body = body_of(templates, "eu-west-1")
    assert body["resources"] == {
        "Role": role,
        f"{BASELINE_STACK}/Budget": budget,
        "Budget": budget,
        f"{BUDGET_STACK}/Role": role,
    }
    for name, template in templates.items():
        assert template_of(body, name) == {"AWSTemplateFormatVersion": "2010-09-09", **template}
