"""AWS's rates were typed twice, for the tool and for the embedded AWS, so that each catches a slip of the other."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.session import Session

from bootstrap import facts
from bootstrap.emulator.profile import read_profile

REAL, STORM = read_profile("real").limits, read_profile("storm").limits


def test_the_tool_and_the_embedded_aws_have_the_same_rates_row_by_row() -> None:
    ours = {frozenset(rate.actions): (rate.per_second, rate.burst) for rate in facts.RATES}
    aws = {frozenset(limit.actions): limit.account for limit in REAL}
    assert ours == aws
    assert len(ours) == len(facts.RATES) == len(REAL) > 50


def test_a_storm_has_the_limits_of_a_real_day() -> None:
    assert STORM == REAL


def test_an_organization_allows_no_less_than_one_of_its_accounts() -> None:
    both = [(limit.account, limit.organization) for limit in REAL if limit.account and limit.organization]
    assert len(both) == 17
    assert all(whole >= one for account, organization in both for one, whole in zip(account, organization, strict=True))


def test_no_action_is_in_two_rows() -> None:
    counted = Counter(action for rate in facts.RATES for action in rate.actions)
    assert set(counted.values()) == {1}


@pytest.mark.parametrize(
    "service", sorted({action.partition(".")[0] for rate in facts.RATES for action in rate.actions})
)
def test_every_action_is_one_of_aws_s(service: str) -> None:
    named = {action.partition(".")[2] for rate in facts.RATES for action in rate.actions if action.startswith(service)}
    assert named <= {"*", *Session().get_service_model(service).operation_names}


def test_every_rate_has_a_source() -> None:
    assert {rate.source for rate in facts.RATES} <= facts._FACTS["sources"].keys()
