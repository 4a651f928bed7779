"""What a request asks of AWS: which service and operation, with whose key, and whether it writes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
_CREDENTIAL: Final = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_ACTION: Final = re.compile(rb"(?:^|&)Action=(\w+)")
# What boto3 calls a service whose requests are signed with another name (API models, signingName).
_SIGNED_AS: Final = {"tagging": "resourcegroupstaggingapi", "sso": "sso-admin"}
_READS: Final = ("Get", "Head", "List", "Describe", "BatchGet", "Assume", "Decode", "Simulate", "Validate")
# What a client makes up anew in each run: an idempotency token, the name of a change set.
_MADE_UP: Final = re.compile(rb"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_UNSIGNED: Final = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


class Protocol(Enum):
    """https://smithy.io/2.0/aws/protocols/index.html, by how the operation is told."""

    JSON = "X-Amz-Target"
    QUERY = "Action"
    REST = "path"


@dataclass(frozen=True, slots=True)
class Request:
    service: str
    """As boto3 calls it."""
    operation: str
    protocol: Protocol
    region: str
    key: str
    """The access key, which says whose request it is."""
    session: bool
    """Whether it comes with a session token, as a role's do."""
    signed_at: str
    """As in X-Amz-Date, 20261123T133925Z; empty where there is none."""
    what: str = ""
    """A digest of all that is asked for: the same in each run of the same client."""

    @property
    def action(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def write(self) -> bool:
        """By the name, as there is no other sign: the API models of most services do not say what only reads."""
        return not self.operation.startswith(_READS)


def recognise(environ: dict[str, Any]) -> Request | None:
    """The call that this request is, or None where it is none of AWS's API."""
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
        what=_what(environ),
    )


def _what(environ: dict[str, Any]) -> str:
    where = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    asked = where.encode() + b" " + environ["wsgi.input"].getvalue()
    return hashlib.sha256(_MADE_UP.sub(b"", asked)).hexdigest()


def _operation(environ: dict[str, Any]) -> tuple[str, Protocol]:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2], Protocol.JSON
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        found = _ACTION.search(environ["wsgi.input"].getvalue())
        return (found[1].decode() if found else ""), Protocol.QUERY
    path = environ["PATH_INFO"].strip("/")
    # The paths of the account service are its operations but for the first letter (API model); others are not.
    name = path[:1].upper() + path[1:] if path.isalpha() else f"{environ['REQUEST_METHOD'].capitalize()} /{path}"
    return name, Protocol.REST
