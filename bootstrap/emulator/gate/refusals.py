"""AWS's error answers by service and protocol.

The codes are from the services' API models and from their pages on common errors, such as
https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html. The forms of the answers are from
https://smithy.io/2.0/aws/protocols/index.html.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from bootstrap.emulator.gate.request import Answer, Protocol

if TYPE_CHECKING:
    from bootstrap.emulator.gate.request import Request


class ErrorText(NamedTuple):
    code: str
    status: int
    message: str


# API model of Organizations, TooManyRequestsException; it is a 400 (https://github.com/aws/aws-sdk-js/issues/2135).
_TOO_MANY: Final = (
    "You have sent too many requests in too short a period of time. The quota helps protect against "
    "denial-of-service attacks. Try again later."
)
_THROTTLED: Final = {
    "organizations": ErrorText("TooManyRequestsException", 400, _TOO_MANY),
    # API model of the account service: httpStatusCode 429.
    "account": ErrorText(
        "TooManyRequestsException",
        429,
        "The operation failed because it was called too frequently and exceeded a throttle limit.",
    ),
    "resourcegroupstaggingapi": ErrorText(
        "ThrottledException", 400, "The request failed because it exceeded the allowed frequency of submitted requests."
    ),
}
_THROTTLED_BY_PROTOCOL: Final = {
    # CloudFormation: https://repost.aws/knowledge-center/cloudformation-rate-exceeded-error
    Protocol.QUERY: ErrorText("Throttling", 400, "Rate exceeded"),
    Protocol.JSON: ErrorText("ThrottlingException", 400, "Rate exceeded"),
    Protocol.REST: ErrorText("ThrottlingException", 429, "Rate exceeded"),
}

# The error with `fault: true` in each API model; other services have InternalFailure.
_INTERNAL: Final = {
    "account": "InternalServerException",
    "budgets": "InternalErrorException",
    "iam": "ServiceFailure",
    "organizations": "ServiceException",
    "resourcegroupstaggingapi": "InternalServiceException",
    "secretsmanager": "InternalServiceError",
    "ssm": "InternalServerError",
}
_INTERNAL_MESSAGE: Final = "The request processing has failed because of an internal service error. Try again later."
_UNAVAILABLE: Final = ErrorText(
    "ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."
)

# API model of Organizations.
_CONCURRENT: Final = ErrorText(
    "ConcurrentModificationException",
    400,
    "The target of the operation is currently being modified by a different request. Try again later.",
)

# https://github.com/aws/aws-sdk-java-v2/issues/1649 (query); the JSON protocol has no 403.
_EXPIRED_MESSAGE: Final = "The security token included in the request is expired"
_EXPIRED: Final = {
    Protocol.QUERY: ErrorText("ExpiredToken", 403, _EXPIRED_MESSAGE),
    Protocol.JSON: ErrorText("ExpiredTokenException", 400, _EXPIRED_MESSAGE),
    Protocol.REST: ErrorText("ExpiredTokenException", 403, _EXPIRED_MESSAGE),
}

# https://github.com/aws/aws-sdk-js/issues/401 (query), /254 (JSON), https://github.com/aws/aws-sdk-js-v3/issues/5920
_SKEWED: Final = {
    Protocol.QUERY: ("SignatureDoesNotMatch", 403),
    Protocol.JSON: ("InvalidSignatureException", 400),
    Protocol.REST: ("InvalidSignatureException", 403),
}


_TIME: Final = "%Y%m%dT%H%M%SZ"


def skew_message(signed_at: str, window_s: float, ahead_s: float) -> str | None:
    """AWS's message if the signature is outside the window of a clock that is `ahead_s` ahead of ours, or None.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html has the messages. botocore signs
    with the machine's clock (https://github.com/boto/boto3/issues/1252). Other SDKs correct it by the `Date` of the
    answer, which the listener sets by AWS's clock.
    """
    try:
        signed = datetime.strptime(signed_at, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None  # not signed with Signature Version 4
    # Real time, not the emulator's: the client signs with its own clock.
    now = datetime.now(UTC) + timedelta(seconds=ahead_s)
    window = timedelta(seconds=window_s)
    minutes = f"{window_s / 60:g} min."
    if signed < now - window:
        earliest, at = (now - window).strftime(_TIME), now.strftime(_TIME)
        return f"Signature expired: {signed_at} is now earlier than {earliest} ({at} - {minutes})"
    if signed > now + window:
        latest, at = (now + window).strftime(_TIME), now.strftime(_TIME)
        return f"Signature not yet current: {signed_at} is still later than {latest} ({at} + {minutes})"
    return None


def throttled(request: Request) -> Answer:
    return _answer(request, _THROTTLED.get(request.service) or _THROTTLED_BY_PROTOCOL[request.protocol])


def server_error(request: Request, *, unavailable: bool) -> Answer:
    internal = ErrorText(_INTERNAL.get(request.service, "InternalFailure"), 500, _INTERNAL_MESSAGE)
    return _answer(request, _UNAVAILABLE if unavailable else internal)


def skewed(request: Request, message: str) -> Answer:
    if request.service == "s3":  # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
        far = "The difference between the request time and the server's time is too large."
        return _answer(request, ErrorText("RequestTimeTooSkewed", 403, far))
    return _answer(request, ErrorText(*_SKEWED[request.protocol], message))


def concurrent(request: Request) -> Answer:
    return _answer(request, _CONCURRENT)


def expired(request: Request) -> Answer:
    return _answer(request, _EXPIRED[request.protocol])


def unsigned() -> Answer:
    body = json.dumps({"__type": "MissingAuthenticationToken", "Message": "Request is missing Authentication Token"})
    return Answer.made(403, "application/x-amz-json-1.1", body)


def _answer(request: Request, words: ErrorText) -> Answer:
    request_id = str(uuid4())
    identity = ("x-amzn-RequestId", request_id)
    error = f"<Code>{words.code}</Code><Message>{escape(words.message)}</Message>"
    if request.service == "s3":
        return Answer.made(words.status, "application/xml", f"<Error>{error}</Error>", identity)
    match request.protocol:
        case Protocol.QUERY:
            whose = "Receiver" if words.status >= 500 else "Sender"  # noqa: PLR2004 (HTTP: a server error)
            told = f"<Error><Type>{whose}</Type>{error}</Error><RequestId>{request_id}</RequestId>"
            return Answer.made(words.status, "text/xml", f"<ErrorResponse>{told}</ErrorResponse>", identity)
        case Protocol.JSON:
            # Other services have `message`; the models of Organizations and Budgets have `Message`.
            body = json.dumps({"__type": words.code, "Message": words.message})
            return Answer.made(words.status, "application/x-amz-json-1.1", body, identity)
        case Protocol.REST:
            body, code = json.dumps({"message": words.message}), ("x-amzn-ErrorType", words.code)
            return Answer.made(words.status, "application/json", body, identity, code)


_XML_CODE: Final = re.compile(rb"<Code>([^<]+)</Code>")


def code_in(answer: Answer) -> str:
    """The error code in an answer of any protocol, or its HTTP status if it has none."""
    headers = {name.lower(): value for name, value in answer.headers}
    if found := _XML_CODE.search(answer.body):
        return found[1].decode()
    code = headers.get("x-amzn-errortype") or _type_in(answer.body) or str(answer.status)
    return code.partition(":")[0].rpartition("#")[2]


def _type_in(body: bytes) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("__type", "")) if isinstance(said, dict) else ""
