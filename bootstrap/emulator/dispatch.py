"""Before each request reaches its service: due actions run, and an account that is not ready is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model
from moto.organizations.models import organizations_backends

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations.state import find_account
from bootstrap.emulator.patching import original, replaces

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE

TAGGING: Final = "resourcegroupstaggingapi"
# A new account has these two services from its creation.
_ALWAYS_READY: Final = frozenset({"sts", "organizations"})
_NO_SUBSCRIPTION: Final = "The AWS Access Key Id needs a subscription for the service"
_AS_XML: Final = "<Error><Code>OptInRequired</Code><Message>{message}</Message></Error>"
_XML: Final = {
    "ec2": f"<Response><Errors>{_AS_XML}</Errors><RequestID>emulator</RequestID></Response>",
    "query": f"<ErrorResponse>{_AS_XML}<RequestId>emulator</RequestId></ErrorResponse>",
}

_call_action_moto = original(BaseResponse, "call_action")


@replaces(BaseResponse, "call_action")
def call_action(response: Any) -> TYPE_RESPONSE:
    CURRENT.scheduler.run_due()
    service = response.boto3_service_name
    if service == TAGGING and not CURRENT.profile.tagging:
        # The answer of a JSON service to an operation that it does not have (Smithy, "AWS JSON 1.1 protocol").
        return _json_error("UnknownOperationException", "The requested operation is not supported.")
    if service not in _ALWAYS_READY and not _is_subscribed(response.current_account):
        return _not_subscribed(service)
    return _call_action_moto(response)


def _is_subscribed(account_id: str) -> bool:
    management = organizations_backends.master_accounts.get(account_id)
    if management is None:
        return True
    account = find_account(organizations_backends[management[0]][management[1]], account_id)
    return account is None or account.readiness == "usable"


def _not_subscribed(service: str) -> TYPE_RESPONSE:
    """Services of the query protocol answer OptInRequired, HTTP 403 (API reference of CloudFormation, "Common errors").

    Services of the JSON protocols answer SubscriptionRequiredException, as SSM does:
    https://github.com/awslabs/aws-deployment-framework/issues/243.
    """
    protocol = get_service_model(service).metadata["protocol"]
    if "json" in protocol:
        return _json_error("SubscriptionRequiredException", _NO_SUBSCRIPTION)
    body = _XML.get(protocol, _XML["query"]).format(message=_NO_SUBSCRIPTION)
    return 403, {"Content-Type": "text/xml"}, body


def _json_error(code: str, message: str) -> TYPE_RESPONSE:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return 400, headers, json.dumps({"__type": code, "message": message})
