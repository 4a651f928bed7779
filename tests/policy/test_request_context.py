"""The request of a guardrail's test, completed to the request context that a policy is evaluated against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.policy.language import PolicyError
from bootstrap.policy.placeholder_ids import PlaceholderIds, request_context
from bootstrap.spec.models import Request

if TYPE_CHECKING:
    from bootstrap.policy.conditions import ConditionKeys
    from bootstrap.spec.spec import Spec


def keys_of(spec: Spec, **fields: Any) -> ConditionKeys:
    request = Request.model_validate({"action": "s3:GetObject", **fields})
    return request_context(request, PlaceholderIds(spec)).keys


def test_every_request_has_the_usual_condition_keys(spec: Spec) -> None:
    keys = keys_of(spec, principal="arn:aws:iam::444455556666:role/team/dev")
    assert keys["aws:principalarn"] == ("arn:aws:iam::444455556666:role/team/dev",)
    assert keys["aws:principalaccount"] == ("444455556666",)
    assert keys["aws:requestedregion"] == ("eu-west-1",)
    assert keys_of(spec, region="us-east-1")["aws:requestedregion"] == ("us-east-1",)


def test_the_context_of_the_request_overrides_the_usual_keys(spec: Spec) -> None:
    keys = keys_of(spec, context={"AWS:SecureTransport": False, "aws:PrincipalOrgID": []})
    assert keys["aws:securetransport"] == ("false",)
    assert keys["aws:principalorgid"] == ()


def test_a_reference_in_a_request_becomes_the_same_id_as_in_a_policy(spec: Spec) -> None:
    keys = keys_of(spec, context={"aws:ResourceOrgID": "${organization:example}", "aws:x": "${account:tooling}"})
    assert keys["aws:resourceorgid"] == keys["aws:principalorgid"]
    assert keys["aws:x"] == (PlaceholderIds(spec).fill("${account:tooling}"),)


def test_a_session_cannot_be_the_principal_of_a_test(spec: Spec) -> None:
    with pytest.raises(PolicyError, match="always the ARN of its role"):
        keys_of(spec, principal="arn:aws:sts::111122223333:assumed-role/dev/alice")
