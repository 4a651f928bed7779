"""What to do about a failure: its own hint, or else one for the code with which AWS does not let us in or on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from bootstrap.model.errors import BootstrapError

_SIGN_IN: Final = (
    "sign in with `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID; "
    "`org-bootstrap plan --emulated` needs no AWS at all"
)
_AGAIN: Final = "the credentials have run out: sign in again, such as with `aws sso login`"
_INVALID: Final = "AWS does not know these keys: see AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN"
_CONFIGURED: Final = "see AWS_PROFILE and `aws configure list-profiles`"
_UNREACHED: Final = (
    "see the network and its proxy; with AWS_ENDPOINT_URL set: `org-bootstrap emulator` starts an emulator"
)
_CLOCK: Final = "if this machine's clock is wrong, set it; else see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_LATER: Final = "AWS did not get over it in that time: run the same command later, it goes on"
_DENIED: Final = "who calls needs rights in the organization's management account: `aws sts get-caller-identity`"

_HINTS: Final = {
    "NoCredentialsError": _SIGN_IN,
    "PartialCredentialsError": _SIGN_IN,
    "CredentialRetrievalError": _SIGN_IN,
    "SSOTokenLoadError": _SIGN_IN,
    "TokenRetrievalError": _AGAIN,
    "UnauthorizedSSOTokenError": _AGAIN,
    "ExpiredToken": _AGAIN,
    "ExpiredTokenException": _AGAIN,
    "InvalidClientTokenId": _INVALID,
    "UnrecognizedClientException": _INVALID,
    "SignatureDoesNotMatch": _CLOCK,
    "InvalidSignatureException": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "RequestExpired": _CLOCK,
    "ProfileNotFound": _CONFIGURED,
    "ConfigParseError": _CONFIGURED,
    "EndpointConnectionError": _UNREACHED,
    "ConnectTimeoutError": _UNREACHED,
    "ReadTimeoutError": _UNREACHED,
    "ConnectionClosedError": _UNREACHED,
    "ProxyConnectionError": _UNREACHED,
    "SSLError": _UNREACHED,
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
}


def hint_for(error: BootstrapError) -> str:
    if error.hint or not isinstance(error, AwsError):
        return error.hint
    return _HINTS.get(error.code, _LATER if error.given_up else "")
