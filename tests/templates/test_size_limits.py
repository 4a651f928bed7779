from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import facts
from bootstrap.model.diff import canonical
from bootstrap.templates.baseline import Baselines
from bootstrap.templates.size_limits import check_baselines, check_template

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec


@pytest.fixture
def template(templates: dict[str, Any]) -> Any:
    return json.loads(json.dumps(templates["orders-beta"]))


def messages(template: Any, spec: Spec) -> list[str]:
    return [problem.message for problem in check_template(template, [spec.accounts["orders-beta"]])]


def test_no_template_of_the_example_exceeds_a_limit(spec: Spec) -> None:
    assert not list(check_baselines(Baselines(spec), spec.accounts.values()))


def test_every_template_of_the_example_leaves_room_for_many_more_entries(templates: dict[str, Any]) -> None:
    for template in templates.values():
        assert len(canonical(template).encode()) < facts.TEMPLATE_SIZE / 3


def test_a_template_that_is_too_large_is_a_problem_at_its_account(template: Any, spec: Spec) -> None:
    template["Description"] = "é" * 25_600
    size = len(canonical(template).encode())
    (problem,) = check_template(template, [spec.accounts["orders-beta"]])
    assert problem.message == (f"account orders-beta: the baseline has {size:,} bytes; AWS allows 51,200")
    assert f"{problem.file}:{problem.line}" == spec.accounts["orders-beta"].origin
    assert problem.hint


def test_too_many_resources_are_a_problem(template: Any, spec: Spec) -> None:
    template["Resources"] = {f"Secret{i}": {"Type": "X", "Properties": {}} for i in range(501)}
    assert messages(template, spec) == ["account orders-beta: the baseline has 501 resources; AWS allows 500"]


def test_each_policy_has_a_limit(template: Any, spec: Spec) -> None:
    resources = template["Resources"]
    resources["PermissionsBoundary"]["Properties"]["PolicyDocument"] = "x" * 6143
    resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"] = "x" * 2047
    resources["DeployRole"]["Properties"]["Policies"] = [{"PolicyDocument": "x" * 5119}] * 2
    assert messages(template, spec) == [
        f"account orders-beta: {measured}"
        for measured in (
            "the trust policy of DeployRole has 2,049 characters; AWS allows 2,048",
            "the sum of the inline policies of DeployRole has 10,242 characters; AWS allows 10,240",
            "the policy PermissionsBoundary has 6,145 characters; AWS allows 6,144",
        )
    ]


def test_a_name_too_long_for_its_tag_is_a_problem(template: Any, spec: Spec) -> None:
    template["Resources"]["SecretOrdersMail"]["Properties"]["Tags"] = [{"Key": "k", "Value": "x" * 257}]
    assert messages(template, spec) == [
        "account orders-beta: the tag k of SecretOrdersMail has 257 characters; AWS allows 256"
    ]
