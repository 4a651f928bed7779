"""Requests of guardrails' tests, as the calls that a policy sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy.calls import call
from bootstrap.policy.language import PolicyError
from bootstrap.policy.stand_ins import StandIns
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from bootstrap.policy.variables import Context
    from bootstrap.spec.spec import Spec


def context(spec: Spec, **fields: Any) -> Context:
    request = Request.model_validate({"action": "s3:GetObject", **fields})
    return call(request, "eu-west-1", StandIns(spec)).context


def test_a_call_brings_the_keys_that_every_request_has(spec: Spec) -> None:
    keys = context(spec, principal="arn:aws:iam::444455556666:role/team/dev")
    assert keys["aws:principalarn"] == ("arn:aws:iam::444455556666:role/team/dev",)
    assert keys["aws:principalaccount"] == ("444455556666",)
    assert keys["aws:requestedregion"] == ("eu-west-1",)
    assert context(spec, region="us-east-1")["aws:requestedregion"] == ("us-east-1",)


def test_the_context_of_the_request_comes_before_the_usual_keys(spec: Spec) -> None:
    keys = context(spec, context={"AWS:SecureTransport": False, "aws:PrincipalOrgID": []})
    assert keys["aws:securetransport"] == ("false",)
    assert keys["aws:principalorgid"] == ()


def test_a_reference_in_a_request_is_the_same_id_as_in_a_policy(spec: Spec) -> None:
    stand_ins = StandIns(spec)
    keys = context(spec, context={"aws:ResourceOrgID": "${organization:example}", "aws:x": "${account:tooling}"})
    assert keys["aws:resourceorgid"] == keys["aws:principalorgid"]
    assert keys["aws:x"] == (stand_ins.fill("${account:tooling}"),)


def test_a_session_is_no_principal_of_a_test(spec: Spec) -> None:
    with pytest.raises(PolicyError, match="always the ARN of its role"):
        context(spec, principal="arn:aws:sts::111122223333:assumed-role/dev/alice")
