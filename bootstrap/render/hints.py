"""The hint below an error: its own, or the one for AWS's error code when the caller cannot get into AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from bootstrap.model.errors import BootstrapError

_SIGN_IN: Final = (
    "sign in with `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID; "
    "`org-bootstrap plan --emulated` needs no AWS account"
)
_EXPIRED: Final = "the credentials have expired: sign in again, for example with `aws sso login`"
_INVALID: Final = "AWS does not know these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN"
_PROFILE: Final = "check AWS_PROFILE and `aws configure list-profiles`"
_UNREACHABLE: Final = (
    "check the network and the proxy; if AWS_ENDPOINT_URL is set, start an emulator with `org-bootstrap emulator`"
)
_CLOCK: Final = "set this machine's clock if it is wrong; otherwise check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_LATER: Final = "AWS did not recover in that time: run the same command later, and it continues"
_DENIED: Final = (
    "the caller needs permissions in the organization's management account: check `aws sts get-caller-identity`"
)

_HINTS: Final = {
    "NoCredentialsError": _SIGN_IN,
    "PartialCredentialsError": _SIGN_IN,
    "CredentialRetrievalError": _SIGN_IN,
    "SSOTokenLoadError": _SIGN_IN,
    "TokenRetrievalError": _EXPIRED,
    "UnauthorizedSSOTokenError": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidClientTokenId": _INVALID,
    "UnrecognizedClientException": _INVALID,
    "SignatureDoesNotMatch": _CLOCK,
    "InvalidSignatureException": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "RequestExpired": _CLOCK,
    "ProfileNotFound": _PROFILE,
    "ConfigParseError": _PROFILE,
    "EndpointConnectionError": _UNREACHABLE,
    "ConnectTimeoutError": _UNREACHABLE,
    "ReadTimeoutError": _UNREACHABLE,
    "ConnectionClosedError": _UNREACHABLE,
    "ProxyConnectionError": _UNREACHABLE,
    "SSLError": _UNREACHABLE,
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
}


def hint_for(error: BootstrapError) -> str:
    """Empty where there is nothing to advise."""
    if error.hint or not isinstance(error, AwsError):
        return error.hint
    return _HINTS.get(error.code, _LATER if error.given_up else "")
