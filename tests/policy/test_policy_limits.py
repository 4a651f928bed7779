"""AWS's limits: characters of a policy, attachments of a target, policies of an organization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import facts
from bootstrap.policy.checks import check_limits
from bootstrap.policy.language import document
from tests.policy.made_up import DENY, RCP, SCP, policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.spec.spec import Spec


def problems(spec: Spec, policies: Sequence[Policy]) -> list[Problem]:
    return list(check_limits(spec, policies))


def of_size(characters: int, policy_type: str = SCP) -> Policy:
    bare = len(document([{**DENY, "Resource": "arn:aws:s3:::"}]))
    statement = {**DENY, "Resource": "arn:aws:s3:::" + "x" * (characters - bare)}
    return policy("big", statement, policy_type=policy_type)


@pytest.mark.parametrize(
    ("policy_type", "limit", "message"),
    [
        (SCP, 10_240, "big has 10,241 characters; AWS allows 10,240 in a service control policy"),
        (RCP, 5_120, "big has 5,121 characters; AWS allows 5,120 in a resource control policy"),
    ],
)
def test_a_policy_may_have_as_many_characters_as_its_type_allows(
    spec: Spec, policy_type: str, limit: int, message: str
) -> None:
    assert problems(spec, [of_size(limit, policy_type)]) == []
    (problem,) = problems(spec, [of_size(limit + 1, policy_type)])
    assert problem.message == message
    assert (problem.file, problem.line) == ("scps/big.yaml", 3)


def test_a_reference_counts_as_the_id_that_is_sent(spec: Spec) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "${organization:example}"}}
    longer = len("${organization:example}") - len("o-standin000")
    full = of_size(10_240 - len(',"Condition":') - len(document([condition])) + len(document([])) + longer)
    statement: Any = full.body["S"]
    assert problems(spec, [policy("big", {**statement, "Condition": condition})]) == []


def test_a_reference_to_nothing_is_a_problem(spec: Spec) -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "${account:nobody}"}}
    (problem,) = problems(spec, [policy("p", {**DENY, "Condition": condition})])
    assert "${account:nobody} refers to nothing" in problem.message


def test_the_default_policy_of_aws_counts_as_an_attachment(spec: Spec) -> None:
    nine = [policy(f"p{n}", targets=("Root", "Workloads/Beta")) for n in range(9)]
    assert problems(spec, nine) == []
    root, beta = problems(spec, [*nine, policy("p9", targets=("Root", "Workloads/Beta"))])
    assert beta.message == "11 service control policies on OU Workloads/Beta, FullAWSAccess included; AWS allows 10"
    assert beta.hint == "move 1 guardrail to the OU above"
    assert root.message == "11 service control policies on the root, FullAWSAccess included; AWS allows 10"
    assert root.hint == "move 1 guardrail to the OUs below"
    assert f"{beta.file}:{beta.line}" == spec.origin("ou", "Workloads/Beta")


def test_each_type_has_its_own_attachments(spec: Spec) -> None:
    control = [policy(f"s{n}") for n in range(9)] + [policy(f"r{n}", policy_type=RCP) for n in range(4)]
    assert problems(spec, control) == []
    (problem,) = problems(spec, [*control, policy("r4", policy_type=RCP)])
    assert problem.message == "6 resource control policies on the root, RCPFullAWSAccess included; AWS allows 5"


def test_the_number_of_policies_has_a_limit(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facts.POLICY_TYPES, SCP, replace(facts.POLICY_TYPES[SCP], per_organization=2))
    assert problems(spec, [policy("a"), policy("b")]) == []
    (problem,) = problems(spec, [policy("a"), policy("b"), policy("c")])
    assert problem.message == "3 service control policies in the organization; AWS allows 2"
