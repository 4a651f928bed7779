"""A request as it stands in a guardrail's test, made into the call that a policy sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.policy.evaluate import Call
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts

if TYPE_CHECKING:
    from bootstrap.policy.stand_ins import StandIns
    from bootstrap.spec.models import Request

_ACCOUNT_PART: Final = 4


def call(request: Request, home_region: str, stand_ins: StandIns) -> Call:
    """The call, with the keys that AWS puts into every request; the request's own context comes before them.

    A key that is given an empty list is absent.
    """
    if ":assumed-role/" in request.principal:
        # A test with one would pass or fail for a reason that AWS does not know.
        message = f"{request.principal} is a session: {PRINCIPAL_ARN} is always the ARN of its role, with the path"
        raise PolicyError(message)
    context = {
        "aws:PrincipalArn": (request.principal,),
        "aws:PrincipalAccount": tuple(request.principal.split(":")[_ACCOUNT_PART : _ACCOUNT_PART + 1]),
        "aws:PrincipalOrgID": (stand_ins.organization,),
        "aws:PrincipalIsAWSService": ("false",),
        "aws:RequestedRegion": (request.region or home_region,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
    }
    own = {key: texts(stand_ins.fill(value)) for key, value in request.context.items()}
    return Call(
        action=request.action,
        resource=request.resource,
        context={key.lower(): values for key, values in [*context.items(), *own.items()]},
    )
