"""moto's services: how a request reaches one, and what each request meets before."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.core.request import Request
from moto.core.responses import BaseResponse
from moto.core.serialize import xmltodict
from moto.core.utils import get_service_model
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from bootstrap.emulator.gate.request import Answer
from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations.state import find_account, state_with
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

_REGIONS: dict[str, list[str]] = {}
_applications = DomainDispatcherApplication(create_backend_app)
_call_action_moto = original(BaseResponse, "call_action")
_generate_regions_moto = original(AccountSpecificBackend, "_generate_regions")

# moto computes each of these again for every request: the service of a host, the operations of a service, the name of
# an operation in Python, whether a name is valid in XML.
for _owner, _name in (
    (DomainDispatcherApplication, "get_backend_for_host"),
    (responses, "method_names_from_class"),
    (responses, "camelcase_to_underscores"),
    (xmltodict, "_validate_name"),
):
    replaces(_owner, _name)(lru_cache(maxsize=4096)(original(_owner, _name)))


class _Request(Request):  # type: ignore[misc]
    from_wsgi_server = True  # moto leaves the `Date` to the listener


def answer_of(environ: dict[str, Any]) -> Answer:
    """Moto's answer. It does without Flask, which takes as long for a request as most operations do."""
    application, request = _applications.get_application(environ), _Request(environ)
    try:
        endpoint, _ = application.url_map.bind_to_environ(environ).match()
        dispatch = application.view_functions[endpoint].callback
        status, headers, body = dispatch(request, request.raw_url, dict(request.headers))
    except HTTPException as refused:
        response = refused.get_response(environ)
    else:
        response = Response(body, status, headers)
    return Answer(response.status_code, list(response.headers), response.get_data())


@replaces(BaseResponse, "call_action")
def call_action(response: Any) -> TYPE_RESPONSE:
    """Run due actions, and refuse an account that is not ready."""
    CURRENT.scheduler.run_due()
    service = response.boto3_service_name
    if service == TAGGING and not CURRENT.profile.tagging:
        # The answer of a JSON service to an operation that it does not have (Smithy, "AWS JSON 1.1 protocol").
        return _json_error("UnknownOperationException", "The requested operation is not supported.")
    if service not in _ALWAYS_READY and not _is_subscribed(response.current_account):
        return _not_subscribed(service)
    return _call_action_moto(response)


@replaces(responses, "gen_amzn_requestid_long")
def gen_amzn_requestid_long(headers: dict[str, Any]) -> str:
    """A UUID, as on AWS. moto draws 52 letters one by one."""
    headers["x-amzn-requestid"] = request_id = str(mock_random.uuid4())
    return request_id


@replaces(AccountSpecificBackend, "_generate_regions")
def _generate_regions(backend: Any, service_name: str) -> list[str]:
    """The Regions of a service: moto asks botocore for every account."""
    if service_name not in _REGIONS:
        _REGIONS[service_name] = _generate_regions_moto(backend, service_name)
    return _REGIONS[service_name]


def _is_subscribed(account_id: str) -> bool:
    state = state_with(account_id)
    account = find_account(state, account_id) if state else None
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
