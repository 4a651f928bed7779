"""The report of an apply as text: completed, failed and skipped changes, how to continue; and the hint for an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.engine.plan import Action
from bootstrap.engine.review import mask_address
from bootstrap.model.errors import AwsError
from bootstrap.render.lines import SYMBOLS
from bootstrap.secrecy.escape import one_line
from bootstrap.secrecy.mask import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.apply import Outcome, Report
    from bootstrap.model.errors import BootstrapError
    from bootstrap.model.resource import Address

_PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted", Action.FORGET: "forgotten"}
_LATER: Final = "AWS did not recover in that time: run the same command later, and it continues"
# By AWS's or botocore's code of the error.
_HINTS: Final = {
    **dict.fromkeys(
        ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "SSOTokenLoadError"),
        "sign in with `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID; "
        "`org-bootstrap plan --emulated` needs no AWS account",
    ),
    **dict.fromkeys(
        ("TokenRetrievalError", "UnauthorizedSSOTokenError", "ExpiredToken", "ExpiredTokenException"),
        "the credentials have expired: sign in again, for example with `aws sso login`",
    ),
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException"),
        "AWS does not know these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN",
    ),
    **dict.fromkeys(
        ("SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"),
        "set this machine's clock if it is wrong; otherwise check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    **dict.fromkeys(("ProfileNotFound", "ConfigParseError"), "check AWS_PROFILE and `aws configure list-profiles`"),
    **dict.fromkeys(
        (
            "EndpointConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ConnectionClosedError",
            "ProxyConnectionError",
            "SSLError",
        ),
        "check the network and the proxy; if AWS_ENDPOINT_URL is set, start an emulator with `org-bootstrap emulator`",
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException"),
        "the caller needs permissions in the organization's management account: check `aws sts get-caller-identity`",
    ),
}


def hint_for(error: BootstrapError) -> str:
    """The error's own hint, or the one for its code when the caller cannot get into AWS; else empty."""
    if error.hint or not isinstance(error, AwsError):
        return error.hint
    return _HINTS.get(error.code, _LATER if error.given_up else "")


def render_outcome(outcome: Outcome) -> str:
    """One line per change during the apply. The error of a failed change is in the report at the end."""
    sign, address = SYMBOLS[outcome.change.action], _name(outcome.change.address)
    match outcome:
        case Done():
            return f"{sign} {address}: {_PAST[outcome.change.action]}"
        case Failed():
            return f"! {address}: failed"
        case Skipped(because=because):
            return f"  {address}: {f'skipped, depends on {_name(because)}' if because else 'not started'}"


def render_report(report: Report, again: str) -> str:
    """The report at the end. `again` is the command that continues, if there is one."""
    return "\n".join(_lines(report, again))


def _lines(report: Report, again: str) -> Iterator[str]:
    done = [outcome.change.action for outcome in report.outcomes if isinstance(outcome, Done)]
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    skipped = [outcome for outcome in report.outcomes if isinstance(outcome, Skipped)]
    for outcome in failed:
        yield f"{render_outcome(outcome)}: {mask_text(outcome.error.message)}"
        if hint := hint_for(outcome.error):
            yield f"    hint: {hint}"
    for skip in skipped:
        yield render_outcome(skip)
    if any(skip.because is None for skip in skipped):
        yield "Interrupted: writes in flight were finished, and no more were started."
    counts = [f"{done.count(action)} {_PAST[action]}" for action in Action if action in done]
    yield f"Applied: {', '.join(counts) or '0 completed'}, {len(failed)} failed, {len(skipped)} skipped."
    if not report.complete and again:
        yield f"Completed changes are kept. To continue: {again}"


def _name(address: Address) -> str:
    """An address without a secret that somebody wrote into a name."""
    return one_line(str(mask_address(address)))
