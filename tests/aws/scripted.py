"""An AWS on loopback that answers what it was told to, in order, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Error:
    code: str
    reason: str = ""
    status: int = 400


LOST = Error("the connection breaks once the call has had its effect")


@dataclass
class FakeClock:
    """Time passes only by waiting; what was waited is kept."""

    time: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


class Scripted:
    """Answers each operation with the next of its answers, and with the last one for good."""

    def __init__(self, **answers: list[dict[str, Any] | Error]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.most_at_once = 0
        self._answers = answers
        self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def aws(self, clock: FakeClock) -> AwsClient:
        endpoint = Endpoint(f"http://127.0.0.1:{self._server.server_port}")
        aws = AwsClient(endpoint, access_role="access", home_region="eu-west-1", clock=clock)
        aws.allow_writes()
        return aws

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any] | Error:
        with self._lock:
            self.asked.append((operation, body))
            answers = self._answers[operation]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def _enter(self, step: int) -> None:
        with self._lock:
            self._now += step
            self.most_at_once = max(self.most_at_once, self._now)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits for the client to acknowledge its head

            def do_POST(self) -> None:
                scripted._enter(+1)
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = scripted._answer(operation, body)
                if answer is LOST:
                    scripted._enter(-1)
                    self.close_connection = True
                    return
                status, content = 200, answer
                if isinstance(answer, Error):
                    status = answer.status
                    content = {"__type": answer.code, "Message": "as told", "Reason": answer.reason}
                text = json.dumps(content).encode()
                scripted._enter(-1)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
