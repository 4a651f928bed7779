"""The request of a guardrail's test, completed to the request context that a policy is evaluated against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.policy.evaluate import RequestContext
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts

if TYPE_CHECKING:
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.spec.models import Request

_ACCOUNT_PART: Final = 4


def request_context(request: Request, home_region: str, ids: PlaceholderIds) -> RequestContext:
    """The request with the condition keys that AWS adds to every request. The request's own context overrides them.

    A key with an empty list is absent. Raises PolicyError for a principal that no request has.
    """
    if ":assumed-role/" in request.principal:
        # A test with a session's ARN would pass or fail for a reason that does not exist in AWS.
        message = f"{request.principal} is a session: {PRINCIPAL_ARN} is always the ARN of its role, with the path"
        raise PolicyError(message)
    keys = {
        "aws:PrincipalArn": (request.principal,),
        "aws:PrincipalAccount": tuple(request.principal.split(":")[_ACCOUNT_PART : _ACCOUNT_PART + 1]),
        "aws:PrincipalOrgID": (ids.organization,),
        "aws:PrincipalIsAWSService": ("false",),
        "aws:RequestedRegion": (request.region or home_region,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
    }
    own = {key: texts(ids.fill(value)) for key, value in request.context.items()}
    return RequestContext(
        action=request.action,
        resource=request.resource,
        keys={key.lower(): values for key, values in [*keys.items(), *own.items()]},
    )
