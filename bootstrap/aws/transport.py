"""Sign a request, send it and return AWS's answer. No other module calls AWS with botocore."""

from __future__ import annotations

import os
import textwrap
import threading
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError, NoCredentialsError
from botocore.parsers import ResponseParserError

from bootstrap import __version__
from bootstrap.aws import limits
from bootstrap.aws.api import THREADS, Place
from bootstrap.aws.endpoint import refuse_configured
from bootstrap.aws.read_only import refuse_unsafe
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.endpoint import Endpoint

# The credentials of a call travel among its parameters, and botocore's first event moves them into the context that the
# request is signed with. No client and no thread holds any, so a call cannot be signed with another account's. Without
# the handler of that event botocore refuses the call, because no operation has a parameter of this name.
_CREDENTIALS: Final = "credentials of this call"
# An emulator gets no others. Every client is made with these, so that none falls back to the environment's.
_DUMMY: Final = Credentials("testing", "testing")
# With an emulator, the user's AWS configuration has no effect: no profile, no files (name, variable, default, cast).
_NO_CONFIGURATION: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class Transport:
    """One botocore client per service and region, shared by all accounts and threads."""

    def __init__(self, endpoint: Endpoint, *, writable: Callable[[], bool], on_send: Callable[[str], None]) -> None:
        """`writable` says whether writes may leave; `on_send` gets each action right before its request is sent."""
        self._endpoint = endpoint
        self._on_send = on_send
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()
        self._session = botocore.session.Session(_NO_CONFIGURATION if endpoint.emulated else None)
        # Only AWS_ENDPOINT_URL chooses an endpoint, and it was checked; a profile's own is refused below.
        self._session.set_config_variable("ignore_configured_endpoint_urls", value=True)
        self._session.register("provide-client-params", _sign_with_its_own)
        self._session.register("before-call", refuse_unsafe(writable))

    def on_event(self, event: str, handler: Callable[..., Any]) -> None:
        self._session.register(event, handler)

    def send(
        self, action: str, at: Place, credentials: Credentials | None, parameters: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The answer to one call of `service.Operation`, which is tried once. Without `credentials` it is signed with
        those of the environment. Raises AwsError.
        """
        service, _, operation = action.partition(".")
        try:
            client = self._client(service, at.region)
            signed_with = {_CREDENTIALS: credentials or self._environment()}
            self._on_send(action)
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters, **signed_with)
        except ClientError as error:
            raise _translate(error, action, at.account) from error
        except (BotoCoreError, ResponseParserError) as error:
            # There was no answer, or one that is not AWS's: a proxy's page, an emulator's traceback.
            raise AwsError(action, type(error).__name__, _first_line(error), account=at.account) from error
        answer.pop("ResponseMetadata", None)
        return answer

    def _client(self, service: str, region: str) -> Any:
        with self._lock:  # botocore's clients may be shared by threads, and its session may not
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make_client(service, region)
            return self._clients[service, region]

    def _make_client(self, service: str, region: str) -> Any:
        if not self._endpoint.emulated:
            profile = self._session.get_scoped_config()
            services = self._session.full_config.get("services", {}).get(profile.get("services"), {})
            refuse_configured(profile, services)
        return self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint.url or None,
            config=Config(
                # CloudTrail shows it. botocore builds its own twice for each call.
                user_agent=f"org-bootstrap/{__version__}",
                # `AwsClient` retries: it counts and reports attempts, and waits by the clock of the run.
                retries={"mode": "standard", "total_max_attempts": 1},
                read_timeout=self._endpoint.read_timeout_s,
                max_pool_connections=THREADS * 2,
                # No proxy for loopback, even if the environment has one.
                proxies={} if self._endpoint.emulated else None,
            ),
            aws_access_key_id=_DUMMY.access_key,
            aws_secret_access_key=_DUMMY.secret_key,
        )

    def _environment(self) -> Credentials:
        """The credentials of the environment, refreshed if they have expired.

        botocore does not translate errors of a profile's `credential_process`, of parsing its output, or of opening
        the token file of a web identity.
        """
        if self._endpoint.emulated:
            return _DUMMY
        try:
            with self._lock:
                if found := self._session.get_credentials():
                    found.get_frozen_credentials()
        except (OSError, ValueError, AttributeError) as error:
            raise CredentialRetrievalError(provider="the environment", error_msg=str(error)) from error
        if found is None:
            raise NoCredentialsError
        return found


def _sign_with_its_own(**event: Any) -> None:
    """A botocore `provide-client-params` handler. Signers read `request_credentials` (botocore 1.44.5, signers.py)."""
    event["context"]["signing"] = {"request_credentials": event["params"].pop(_CREDENTIALS)}


def _first_line(error: Exception) -> str:
    """The answer may be a proxy's whole page."""
    return textwrap.shorten(str(error).partition("\n")[0], 300, placeholder=" …")


def _translate(error: ClientError, action: str, account: str) -> AwsError:
    detail = error.response.get("Error", {})
    reason, message = str(error.response.get("Reason", "")), str(detail.get("Message", ""))
    limit = limits.LIMITS.get(reason)
    return AwsError(
        action,
        str(detail.get("Code", "Unknown")),
        limit.added_to(message) if limit else message,
        reason=reason,
        account=account,
        status=int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
        hint=limit.advice if limit else "",
    )
