"""A request to AWS, its answer, and the record of the call."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
_CREDENTIAL: Final = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_ACTION: Final = re.compile(rb"(?:^|&)Action=(\w+)")
# boto3's name of a service that signs its requests with another name (API models, signingName).
_SIGNED_AS: Final = {"tagging": "resourcegroupstaggingapi", "sso": "sso-admin"}
_READS: Final = ("Get", "Head", "List", "Describe", "BatchGet", "Assume", "Decode", "Simulate", "Validate")
# A UUID, which a client generates again in each run: an idempotency token, the name of a change set.
_UUID: Final = re.compile(rb"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_UNSIGNED: Final = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


class Protocol(Enum):
    """https://smithy.io/2.0/aws/protocols/index.html, by where the operation stands."""

    JSON = "X-Amz-Target"
    QUERY = "Action"
    REST = "path"


@dataclass(frozen=True, slots=True)
class Request:
    service: str
    """boto3's name of it."""
    operation: str
    protocol: Protocol
    region: str
    key: str
    """The access key."""
    session: bool
    """Whether it has a session token, as with a role's credentials."""
    signed_at: str
    """X-Amz-Date, such as 20261123T133925Z; empty if there is none."""
    digest: str = ""
    """The digest of all parameters, without UUIDs: the same in each run of the same client."""

    @property
    def action(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def write(self) -> bool:
        """Goes by the name of the operation: the API models of most services do not say which operations only read."""
        return not self.operation.startswith(_READS)


class Unanswered(Exception):  # noqa: N818 (named for what the client sees)
    """The connection breaks, and the client gets no answer."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def made(cls, status: int, content_type: str, body: str, *headers: tuple[str, str]) -> Answer:
        return cls(status, [("Content-Type", content_type), *headers], body.encode())


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the record of calls."""

    action: str
    """`service.Operation`, with boto3's name of the service."""
    account: str
    """The account of its credentials."""
    region: str
    write: bool
    at: float
    """The time of its arrival, in seconds of the emulator's clock since the last reset."""
    outcome: str
    """`ok`, the error code of the answer, or the fault that struck it (`throttled` is one)."""
    status: int
    """The HTTP status; 0 if the client got no answer."""
    effect: bool
    """Whether the call took effect, whatever the client was told."""


def parse(environ: dict[str, Any]) -> Request | None:
    """Parse a request, or return None if it is no call of AWS's API."""
    credential = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    operation, protocol = _operation(environ)
    if credential:
        key, region, signed_as = credential.groups()
    elif operation in _UNSIGNED:
        key, region, signed_as = "", "us-east-1", "sts"
    else:
        return None
    return Request(
        service=_SIGNED_AS.get(signed_as, signed_as),
        operation=operation,
        protocol=protocol,
        region=region,
        key=key,
        session=bool(environ.get("HTTP_X_AMZ_SECURITY_TOKEN")),
        signed_at=environ.get("HTTP_X_AMZ_DATE", ""),
        digest=_digest(environ),
    )


def _digest(environ: dict[str, Any]) -> str:
    where = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    text = where.encode() + b" " + environ["wsgi.input"].getvalue()
    return hashlib.sha256(_UUID.sub(b"", text)).hexdigest()


def _operation(environ: dict[str, Any]) -> tuple[str, Protocol]:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2], Protocol.JSON
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        found = _ACTION.search(environ["wsgi.input"].getvalue())
        return (found[1].decode() if found else ""), Protocol.QUERY
    path = environ["PATH_INFO"].strip("/")
    # The path of the account service is its operation with a small first letter (API model). Other services differ.
    name = path[:1].upper() + path[1:] if path.isalpha() else f"{environ['REQUEST_METHOD'].capitalize()} /{path}"
    return name, Protocol.REST
