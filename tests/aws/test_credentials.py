"""Each call is signed with the credentials of its own account, whatever other threads do at the same time."""

from __future__ import annotations

import io
import json
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import pytest
from botocore.awsrequest import AWSResponse

from bootstrap.aws import transport
from bootstrap.aws.api import HERE, Place
from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint
from bootstrap.aws.sessions import Sessions
from bootstrap.model.errors import AwsError
from tests.aws.scripted import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNTS = [f"1111222200{number:02}" for number in range(40)]
EXPIRES_AFTER = 4


class Signed(NamedTuple):
    """A request for the parameter that is named like its account, and what it was signed with."""

    account: str
    key: str
    token: str


class Accounts:
    """An AWS on loopback: the access keys of an account's session begin with the account's id, and expire after a few
    calls.
    """

    def __init__(self) -> None:
        self.signed: list[Signed] = []
        self.refused: set[str] = set()
        self._sessions: Counter[str] = Counter()
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def assume_role(self, account: str) -> tuple[int, str]:
        if account in self.refused:
            return 403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
        with self._lock:
            self._sessions[account] += 1
            return 200, session_answer(account, self._sessions[account])

    def get_parameter(self, signed: Signed) -> tuple[int, str]:
        with self._lock:
            self.signed.append(signed)
            self._used[signed.key] += 1
            if signed.account and self._used[signed.key] > EXPIRES_AFTER:
                return 400, json.dumps({"__type": "ExpiredTokenException", "Message": "expired"})
            return 200, json.dumps({"Parameter": {"Name": signed.account}})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        accounts = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if "X-Amz-Target" in self.headers:
                    key, token = key_of(self.headers["Authorization"]), self.headers.get("X-Amz-Security-Token", "")
                    status, text = accounts.get_parameter(Signed(json.loads(body)["Name"].strip("/"), key, token))
                else:
                    status, text = accounts.assume_role(parse_qs(body)["RoleArn"][0].split(":")[4])
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def session_answer(account: str, number: int) -> str:
    return (
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{account}-{number}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
        f"<SessionToken>token-{account}-{number}</SessionToken><Expiration>2026-11-23T12:00:00Z</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )


def key_of(authorization: str) -> str:
    found = re.search(r"Credential=([^/]+)/", authorization)
    assert found
    return found[1]


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    running = Accounts()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def aws(accounts: Accounts) -> AwsClient:
    return AwsClient(Endpoint(accounts.url), access_role="access", home_region="eu-west-1", clock=FakeClock())


def read_own(aws: AwsClient, account: str) -> str:
    answer = aws.call("ssm.GetParameter", at=Place(account, "eu-west-1"), Name=f"/{account}")
    name: str = answer["Parameter"]["Name"]
    return name


def test_sixteen_threads_in_forty_accounts_sign_each_call_with_its_own_account(
    accounts: Accounts, aws: AwsClient
) -> None:
    """First the threads are in different accounts, then in the same; sessions expire, and are renewed, all the time."""
    calls = [*ACCOUNTS, ""] * 5
    calls += sorted(calls)
    assert aws.each(lambda account: read_own(aws, account), calls) == calls
    assert len(accounts.signed) > len(calls), "no session expired"
    for account, key, token in accounts.signed:
        if account:
            assert key.partition("-")[0] == account
            assert token == f"token-{key}"
        else:
            assert (key, token) == ("testing", "")


def test_the_accounts_share_one_client_per_service_and_region(aws: AwsClient) -> None:
    for account in ACCOUNTS[:5]:
        read_own(aws, account)
    assert sorted(aws._transport._clients) == [("ssm", "eu-west-1"), ("sts", "eu-west-1")]


def test_a_call_without_credentials_of_its_own_is_not_sent(accounts: Accounts, aws: AwsClient) -> None:
    """botocore would sign it with those that its client was made with."""
    aws._transport._session.unregister("provide-client-params", transport._sign_with_its_own)
    with pytest.raises(AwsError, match="ParamValidationError"):
        aws.call("ssm.GetParameter", Name="/")
    assert accounts.signed == []


def test_an_account_that_cannot_be_entered_is_tried_once_and_its_call_is_not_made(
    accounts: Accounts, aws: AwsClient
) -> None:
    accounts.refused.add(ACCOUNTS[0])
    attempts: list[str] = []
    aws.on_attempt(lambda attempt: attempts.append(f"{attempt.action} {attempt.outcome}"))
    with pytest.raises(AwsError, match=r"sts\.AssumeRole: AccessDenied"):
        read_own(aws, ACCOUNTS[0])
    assert attempts == ["sts.AssumeRole AccessDenied"]
    assert accounts.signed == []


def test_a_session_that_another_thread_has_renewed_is_not_forgotten() -> None:
    numbers = iter(range(9))

    def assume(_: Place) -> dict[str, str]:
        return {"AccessKeyId": f"key-{next(numbers)}", "SecretAccessKey": "secret", "SessionToken": "token"}

    sessions, there = Sessions(assume, FakeClock()), Place(ACCOUNTS[0])
    expired = sessions.credentials(there)
    assert expired
    sessions.forget(there.account, expired)
    renewed = sessions.credentials(there)
    sessions.forget(there.account, expired)
    assert sessions.credentials(there) is renewed is not expired


def test_real_aws_gets_the_credentials_of_the_environment_and_the_sessions_made_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    aws = AwsClient(Endpoint(), access_role="access", home_region="eu-west-1", clock=FakeClock())
    sent: list[tuple[str, str]] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append((request.url, key_of(request.headers["Authorization"].decode())))
        is_sts = "//sts." in request.url
        text = session_answer(ACCOUNTS[0], 1) if is_sts else json.dumps({"Parameter": {"Name": "/"}})
        raw: Any = io.BytesIO(text.encode())
        raw.stream = lambda: iter([raw.getvalue()])
        return AWSResponse(request.url, 200, {}, raw)

    aws.on_event("before-send", answer)
    aws.call("ssm.GetParameter", at=HERE, Name="/")
    aws.call("ssm.GetParameter", at=Place(ACCOUNTS[0]), Name="/")
    assert sent == [
        ("https://ssm.us-east-1.amazonaws.com/", "AKIAENVIRONMENT"),
        ("https://sts.us-east-1.amazonaws.com/", "AKIAENVIRONMENT"),
        ("https://ssm.us-east-1.amazonaws.com/", f"{ACCOUNTS[0]}-1"),
    ]
