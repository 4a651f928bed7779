"""Placeholders for the ids that AWS assigns, so that a policy can be measured and evaluated before they exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import Address, Ids
from bootstrap.policy.evaluate import RequestContext
from bootstrap.policy.language import PRINCIPAL_ARN, PolicyError, texts

if TYPE_CHECKING:
    from bootstrap.model.resource import Body, Json
    from bootstrap.spec.models import Request
    from bootstrap.spec.spec import Spec

# As long as a real one: AWS allows up to 32 characters after the dash, and has assigned ten so far.
_ORGANIZATION: Final = "o-standin000"
_FIRST_ACCOUNT: Final = 900000000001
_ACCOUNT_PART: Final = 4  # of an ARN
_PATTERNS: Final = {"organization": r"o-[a-z0-9]{10,32}", "account": r"[0-9]{12}"}


class PlaceholderIds:
    """An id of the right form and length for the organization and for each of its accounts."""

    def __init__(self, spec: Spec) -> None:
        self.organization = _ORGANIZATION
        self.home_region = spec.organization.home_region
        self._ids = Ids(_PATTERNS)
        self._ids[Address("organization", spec.organization.name)] = _ORGANIZATION
        for number, key in enumerate(sorted(spec.accounts), start=_FIRST_ACCOUNT):
            self._ids[Address("account", key)] = str(number)

    def fill_body(self, body: Body) -> Body:
        """The body with every reference replaced by an id. Raises PolicyError for a reference to nothing."""
        return {name: self.fill(part) for name, part in body.items()}

    def fill(self, value: Json) -> Json:
        """`value` with every reference replaced by an id. Raises PolicyError for a reference to nothing."""
        try:
            return self._ids.fill(value)
        except KeyError as error:
            message = f"${{{error.args[0]}}} refers to nothing in the YAML"
            raise PolicyError(message) from None


def request_context(request: Request, ids: PlaceholderIds) -> RequestContext:
    """A test's request with the condition keys that AWS adds to every request. Its own context overrides them.

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
        "aws:RequestedRegion": (request.region or ids.home_region,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
    }
    own = {key: texts(ids.fill(value)) for key, value in request.context.items()}
    return RequestContext(
        action=request.action,
        resource=request.resource,
        keys={key.lower(): values for key, values in [*keys.items(), *own.items()]},
    )
